public import Determinism

/// What no seal contradicts, and somebody should look at. Moments are nil where the row gives none
/// that a calendar has.
public enum AuditNotice: Equatable, Sendable, CustomStringConvertible {
    /// The row came long after everything of its time had been sealed: its commit waited that
    /// long, or it was inserted later with a false `recorded_at`.
    case late(auditID: Int64, recordedAt: Timestamp?)
    /// The clock of whoever acted and the database's differ by more than two minutes: one of them
    /// is wrong, or the row gives a false time.
    case misdated(auditID: Int64, at: Timestamp?, recordedAt: Timestamp?)

    /// A stable name, for reports.
    public var kind: String {
        switch self {
        case .late: "late"
        case .misdated: "misdated"
        }
    }

    public var description: String {
        switch self {
        case .late(let id, let recordedAt):
            """
            row \(id) SAYS THAT IT IS OF \(Self.text(recordedAt)), BUT IT CAME AFTER ALL OF THAT \
            TIME HAD BEEN SEALED: a commit that waited for minutes, or a row inserted with a \
            false date; look for another trace of it
            """
        case .misdated(let id, let at, let recordedAt):
            "row \(id) says \(Self.text(at)), and was recorded at \(Self.text(recordedAt))"
        }
    }

    private static func text(_ moment: Timestamp?) -> String {
        moment?.rfc3339 ?? "no possible time"
    }
}
