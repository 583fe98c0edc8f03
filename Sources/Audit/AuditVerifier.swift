public import Determinism
public import Storage

/// Compares the audit log with its seals, page by page, in memory that does not grow with it.
///
/// What it can show: any change, removal or insertion below the newest seal, by anybody who does
/// not hold the key; and, given a head that was kept elsewhere, that newer seals were cut off.
/// What it cannot: a false row written before it was sealed is sealed as any other.
public struct AuditVerifier: Sendable {
    private static let pageLimit = 1000
    /// A row older than this should be under a seal.
    private static let unsealedMilliseconds: Int64 = 60_000

    private let database: Database
    private let publicKeys: [[UInt8]]
    private let surroundings: Surroundings

    /// - Parameter publicKeys: 32 bytes each; all that have ever sealed this log.
    public init(database: Database, publicKeys: [[UInt8]], surroundings: Surroundings) {
        self.database = database
        self.publicKeys = publicKeys
        self.surroundings = surroundings
    }

    /// - Parameter exported: a head that was kept outside the database; the chain must go
    ///   through it.
    public func verify(upTo exported: AuditHead? = nil) async throws(StorageError) -> AuditReport {
        var report = AuditReport()
        let now = surroundings.now()
        let settled = try await database.settledAuditID(at: now)
        let extent = try await database.sealedExtent()
        var chain = ChainCheck(publicKeys: publicKeys, exported: exported)
        try await walk(&chain, upTo: extent?.lastRow ?? 0, into: &report)
        chain.finish(extent, into: &report)
        try await findUnsealed(
            settled: settled, lastSealedAt: extent?.lastSealedAt, now: now, into: &report)
        return report
    }

    private func walk(
        _ chain: inout ChainCheck, upTo last: Int64, into report: inout AuditReport
    ) async throws(StorageError) {
        var position: Int64 = 0
        while position < last {
            let rows = try await database.sealedRows(
                after: position, upTo: last, limit: Self.pageLimit)
            guard let end = rows.last?.position else { break }
            let seals = try await database.seals(after: position, upTo: end)
            chain.check(rows, seals, into: &report)
            position = end
        }
    }

    private func findUnsealed(
        settled: Int64, lastSealedAt: Timestamp?, now: Timestamp, into report: inout AuditReport
    ) async throws(StorageError) {
        var auditID = Int64.min
        while true {
            let page = try await database.rowStates(after: auditID, limit: Self.pageLimit)
            guard let end = page.last?.auditID else { return }
            for row in page where !row.isSealed {
                let claimsSealedTime =
                    lastSealedAt.map {
                        row.at.adding(milliseconds: Lateness.milliseconds) < $0
                    } ?? false
                if row.auditID <= settled || claimsSealedTime {
                    report.add(.inserted(auditID: row.auditID))
                } else if row.at.adding(milliseconds: Self.unsealedMilliseconds) < now {
                    report.add(.unsealed(auditID: row.auditID, at: row.at))
                } else {
                    report.pendingRows += 1
                }
            }
            auditID = end
        }
    }
}
