public import Determinism

/// What is wrong with the audit log.
public enum AuditFinding: Equatable, Sendable, CustomStringConvertible {
    /// The row says something else than when it was sealed.
    case edited(auditID: Int64)
    case removed(auditID: Int64)
    /// The row appeared where no row could appear any more: under an id that the sequence had long
    /// passed, and with no old `recorded_at` to show for it; or no sealer has taken it.
    case inserted(auditID: Int64)
    /// Positions are missing, or a seal does not fit the rows before it.
    case chainBroken(position: Int64)
    /// A seal that none of the keys made.
    case badSignature(position: Int64)
    /// Not sealed in time, by the database's clock: no sealer runs, or it refuses. Without a
    /// moment when what the row gives is none.
    case unsealed(auditID: Int64, recordedAt: Timestamp?)
    /// The chain ends before an exported head, at this position.
    case cutOff(position: Int64)
    /// At an exported head's position the chain is another one.
    case otherHead(position: Int64)
    /// The column can hold one number twice, so that a row could hide behind another.
    case unguarded(column: String)
    /// The tables do not hold what they were made for.
    case unreadable(column: String)

    /// A stable name, for reports.
    public var kind: String {
        switch self {
        case .edited: "edited"
        case .removed: "removed"
        case .inserted: "inserted"
        case .chainBroken: "chain_broken"
        case .badSignature: "bad_signature"
        case .unsealed: "unsealed"
        case .cutOff: "cut_off"
        case .otherHead: "other_head"
        case .unguarded: "unguarded"
        case .unreadable: "unreadable"
        }
    }

    public var description: String {
        switch self {
        case .edited(let id): "row \(id) was edited after it was sealed"
        case .removed(let id): "row \(id) was removed after it was sealed"
        case .inserted(let id): "row \(id) was inserted afterwards"
        case .chainBroken(let position): "the chain of seals is broken at position \(position)"
        case .badSignature(let position): "the seal at position \(position) is not by our key"
        case .unsealed(let id, let moment):
            "row \(id) of \(moment?.rfc3339 ?? "no possible time") has not been sealed"
        case .cutOff(let position): "the seals end at position \(position), before a given head"
        case .otherHead(let position): "the seals up to position \(position) are not those given"
        case .unguarded(let column): "\(column) is no unique key any more"
        case .unreadable(let column): "column \(column) holds what it cannot hold"
        }
    }
}
