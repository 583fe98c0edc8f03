public import Storage

/// Compares the audit log with its seals, page by page, in memory that does not grow with it.
///
/// What it can show: any change or removal below the newest seal, and rows that no sealer has
/// taken, by anybody who does not hold the key; and, given a head that was kept elsewhere, that
/// newer seals were cut off. What it cannot: a false row written before it was sealed is sealed as
/// any other, at the end of the chain; a false date in it is told as a notice, see ``Lateness``.
///
/// A row that a sealer has not taken counts as inserted when its id had been passed by a seal more
/// than three minutes ago, by the database's clock. A row whose commit took that long is such a
/// one until a sealer comes to it: within seconds among the newest 10,000 rows, among older ones
/// when its search of all rows, 10,000 every two seconds, gets there. Then it is told as late.
public struct AuditVerifier: Sendable {
    private static let pageLimit = 1000

    private let database: Database
    private let publicKeys: [[UInt8]]

    /// - Parameter publicKeys: 32 bytes each; all that have ever sealed this log.
    public init(database: Database, publicKeys: [[UInt8]]) {
        self.database = database
        self.publicKeys = publicKeys
    }

    /// - Parameter exported: heads that were kept outside the database; the chain must go through
    ///   each.
    /// - Throws: when the database cannot answer. What it cannot hold is a finding.
    public func verify(through exported: [AuditHead] = []) async throws(StorageError) -> AuditReport
    {
        var report = AuditReport()
        do throws(StorageError) {
            try await verify(through: exported, into: &report)
        } catch .unexpectedValue(let column) {
            report.add(.unreadable(column: column))
        }
        return report
    }

    private func verify(
        through exported: [AuditHead], into report: inout AuditReport
    ) async throws(StorageError) {
        for column in try await database.unguardedColumns() {
            report.add(.unguarded(column: column))
        }
        guard let extent = try await database.sealedExtent() else { return }
        var chain = ChainCheck(publicKeys: publicKeys, exported: exported)
        try await walk(&chain, upTo: extent.lastRow ?? 0, into: &report)
        let settled = chain.finish(extent, into: &report)
        try await findUnsealed(settled: settled, into: &report)
    }

    private func walk(
        _ chain: inout ChainCheck, upTo last: Int64, into report: inout AuditReport
    ) async throws(StorageError) {
        var first = Int64.min  // Below one there should be nothing; so what is there is found.
        while first <= last {
            let rows = try await database.sealedRows(
                from: first, through: last, limit: Self.pageLimit)
            guard let end = rows.last?.position else { return }
            let seals = try await database.seals(from: first, through: end)
            chain.check(rows, seals, into: &report)
            guard end < .max else { return }
            first = end + 1
        }
    }

    private func findUnsealed(
        settled: Int64, into report: inout AuditReport
    ) async throws(StorageError) {
        var first = Int64.min
        while true {
            let page = try await database.rowStates(from: first, limit: Self.pageLimit)
            for row in page where !row.isSealed {
                if row.auditID <= settled {
                    report.add(.inserted(auditID: row.auditID))
                } else if row.isRecent {
                    report.pendingRows += 1
                } else {
                    report.add(
                        .unsealed(
                            auditID: row.auditID, recordedAt: row.recordedAt?.timestamp))
                }
            }
            guard let end = page.last?.auditID, end < .max else { return }
            first = end + 1
        }
    }
}
