public import Cryptography
public import Determinism
public import Observability
public import Storage
import Synchronization

/// Seals new rows of the audit log, beside and never within the requests that wrote them.
///
/// Every gateway runs one; a lock in the database lets one at a time work. Each seal gives rows
/// their position, chains their hashes to all before, and signs the new head with a key that the
/// database has never seen. The head goes into our log: who changes the database has not changed
/// that.
public final class AuditSealer: Sendable {
    /// Well below the ten seconds after which a row must be sealed.
    private static let pauseNanoseconds: UInt64 = 2_000_000_000
    private static let batchLimit = 1000

    private let database: Database
    private let key: Ed25519SigningKey
    private let surroundings: Surroundings
    private let logger: Logger
    private let sealed: Counter
    private let failures: Counter
    private let lastHead = Mutex<AuditHead?>(nil)

    public init(
        database: Database, key: Ed25519SigningKey, surroundings: Surroundings, logger: Logger,
        metrics: MetricsRegistry
    ) {
        self.database = database
        self.key = key
        self.surroundings = surroundings
        self.logger = logger
        sealed = metrics.counter("sluice_audit_sealed_total", help: "Audit rows sealed here.")
        failures = metrics.counter(
            "sluice_audit_seal_failures_total", help: "Attempts to seal that failed.")
    }

    /// Seals every two seconds until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do {
                try await sealNow()
            } catch {
                failures.increment()
                logger.warning("the audit log was not sealed", ("reason", .text("\(error)")))
            }
            try? await Task.sleep(nanoseconds: Self.pauseNanoseconds)
        }
    }

    /// Seals all that is there.
    ///
    /// - Returns: how many rows; none while another process is at it.
    @discardableResult
    public func sealNow() async throws(StorageError) -> Int {
        var total = try await sealBatch(late: true)
        while true {
            let count = try await sealBatch(late: false)
            total += count
            if count < Self.batchLimit { break }
        }
        if total > 0, let head = lastHead.withLock({ $0 }) {
            logger.info(
                "audit log sealed", ("auditHead", .text(head.description)),
                ("rows", .number(Int64(total))))
        }
        return total
    }

    /// - Parameter late: takes rows below the highest sealed id instead of those above it.
    private func sealBatch(late: Bool) async throws(StorageError) -> Int {
        let now = surroundings.now()
        let result: (seal: AuditSeal, count: Int)? = try await database.transaction {
            transaction throws(StorageError) in
            guard try await transaction.takeSealLock() else { return nil }
            let last = try await transaction.lastSeal()
            self.compare(last?.head ?? .start)
            let highest = last?.highestAuditID ?? 0
            let rows =
                if late {
                    try await transaction.lateRows(
                        above: transaction.settledAuditID(at: now), upTo: highest,
                        limit: Self.batchLimit)
                } else {
                    try await transaction.rows(above: highest, limit: Self.batchLimit)
                }
            guard !rows.isEmpty else { return nil }
            let hashes = rows.map { (auditID: $0.auditID, hash: $0.hash) }
            let seal = self.seal(hashes, after: last, at: now)
            try await transaction.insert(seal, over: hashes)
            return (seal, rows.count)
        }
        guard let result else { return 0 }
        lastHead.withLock { $0 = result.seal.head }
        sealed.increment(by: Int64(result.count))
        return result.count
    }

    private func seal(
        _ rows: [(auditID: Int64, hash: [UInt8])], after last: AuditSeal?, at now: Timestamp
    ) -> AuditSeal {
        let start = last?.head ?? .start
        let head = rows.reduce(start) { $0.followed(byRowHash: $1.hash) }
        let highest = rows.reduce(last?.highestAuditID ?? 0) { max($0, $1.auditID) }
        return AuditSeal(
            firstPosition: start.position + 1, head: head, highestAuditID: highest,
            sealedAt: now, key: key)
    }

    /// Says aloud when the chain is shorter or another than what this process has seen of it.
    private func compare(_ found: AuditHead) {
        let known = lastHead.withLock { known in
            defer { known = found }
            return known
        }
        guard let known else { return }
        if found.position < known.position || found.position == known.position && found != known {
            logger.error(
                "the audit log's seals were changed or cut off",
                ("expectedHead", .text(known.description)),
                ("foundHead", .text(found.description)))
        }
    }
}
