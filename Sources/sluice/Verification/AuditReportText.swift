import Audit
import ByteCodecs

/// What `sluice verify audit` prints.
struct AuditReportText {
    private static let headless = """
        No head from outside the database was compared (--head, or SLUICE_AUDIT_HEAD_FILE): that \
        the newest seals were cut off can only be excluded with one.
        """

    let report: AuditReport
    /// What the chain was compared with.
    let heads: [AuditHead]

    /// For a person.
    var lines: [String] {
        var lines = [
            "sealed rows checked: \(report.sealedRows)",
            "rows not sealed yet: \(report.pendingRows)",
            "head: \(report.head?.description ?? "none")",
        ]
        lines += heads.map { "compared with head: \($0)" }
        lines += report.findings.map { "\($0.kind): \($0)" }
        lines += more(report.findingCount, than: report.findings.count, "findings")
        lines += report.notices.map { "notice, \($0.kind): \($0)" }
        lines += more(report.noticeCount, than: report.notices.count, "notices")
        if heads.isEmpty { lines.append(Self.headless) }
        return lines + [verdict]
    }

    private var verdict: String {
        guard report.isClean else { return "Findings: \(report.findingCount)." }
        return "The audit log is as it was sealed."
            + (report.noticeCount == 0 ? "" : " Notices to look at: \(report.noticeCount).")
    }

    private func more(_ count: Int64, than shown: Int, _ noun: String) -> [String] {
        count > shown ? ["and \(count - Int64(shown)) more \(noun)"] : []
    }

    /// For a program: one object on one line.
    var json: String {
        let value: JSONValue = [
            "valid": .bool(report.isClean), "sealedRows": .integer(report.sealedRows),
            "pendingRows": .integer(report.pendingRows),
            "head": report.head.map { .string($0.description) } ?? .null,
            "comparedHeads": .array(heads.map { .string($0.description) }),
            "findingCount": .integer(report.findingCount),
            "findings": .array(report.findings.map { Self.item($0.kind, $0.description) }),
            "noticeCount": .integer(report.noticeCount),
            "notices": .array(report.notices.map { Self.item($0.kind, $0.description) }),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }

    private static func item(_ kind: String, _ detail: String) -> JSONValue {
        ["kind": .string(kind), "detail": .string(detail)]
    }
}
