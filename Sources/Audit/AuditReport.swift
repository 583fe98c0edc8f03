/// What a verification saw.
public struct AuditReport: Equatable, Sendable {
    /// Findings beyond so many are only counted, and notices likewise.
    public static let findingLimit = 1000

    /// Rows compared with their seals.
    public var sealedRows: Int64 = 0
    /// Rows too young to be expected under a seal.
    public var pendingRows: Int64 = 0
    /// Where the chain stands; nil when nothing was ever sealed.
    public var head: AuditHead?
    public private(set) var findings: [AuditFinding] = []
    public private(set) var findingCount: Int64 = 0
    public private(set) var notices: [AuditNotice] = []
    public private(set) var noticeCount: Int64 = 0

    /// Whatever the notices say.
    public var isClean: Bool { findingCount == 0 }

    mutating func add(_ finding: AuditFinding) {
        findingCount += 1
        if findings.count < Self.findingLimit { findings.append(finding) }
    }

    mutating func add(_ notice: AuditNotice) {
        noticeCount += 1
        if notices.count < Self.findingLimit { notices.append(notice) }
    }
}
