import Determinism
import Observability
import Synchronization

/// What a sealer says of its work: lines, metrics, and whether it refuses.
final class SealerReports: Sendable {
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let metrics: SealerMetrics
    private let refusing = Atomic(false)
    private let refusals = Complaints()
    private let failures = Complaints()
    private let fileFailures = Complaints()

    init(logger: Logger, metrics: MetricsRegistry, now: @escaping @Sendable () -> Timestamp) {
        self.logger = logger
        self.now = now
        self.metrics = SealerMetrics(metrics)
    }

    var isRefusing: Bool { refusing.load(ordering: .relaxed) }

    /// The seals in the database are those that were made.
    func accepted() {
        refusing.store(false, ordering: .relaxed)
        metrics.refused.set(0)
        refusals.end()
    }

    func refused(_ refusal: SealRefusal, expected: AuditHead?, found: AuditHead?) {
        refusing.store(true, ordering: .relaxed)
        metrics.refused.set(1)
        guard refusals.mayComplain(at: now()) else { return }
        logger.error(
            "the audit log is no longer sealed: its seals were changed or cut off",
            ("reason", .text(refusal.description)),
            ("expectedHead", .text(expected?.description ?? "none")),
            ("foundHead", .text(found?.description ?? "none")))
    }

    func sealed(_ batch: SealedBatch) {
        metrics.sealed.increment(by: Int64(batch.rows.count))
        logger.info(
            "audit log sealed", ("auditHead", .text(batch.seal.head.description)),
            ("rows", .number(Int64(batch.rows.count))))
        let late = batch.rows.filter(\.isLate)
        guard let first = late.first else { return }
        metrics.late.increment(by: Int64(late.count))
        logger.warning(
            "audit rows came long after everything of their time had been sealed",
            ("rows", .number(Int64(late.count))), ("firstAuditId", .number(first.row.auditID)))
    }

    func succeeded() { failures.end() }

    func failed(_ error: some Error) {
        metrics.failures.increment()
        guard failures.mayComplain(at: now()) else { return }
        logger.warning("the audit log was not sealed", ("reason", .text("\(error)")))
    }

    func headKept() { fileFailures.end() }

    func headNotKept(_ error: AuditHeadFileError) {
        metrics.fileFailures.increment()
        guard fileFailures.mayComplain(at: now()) else { return }
        logger.warning(
            "the newest audit head was not kept: a restart would forget it",
            ("reason", .text(error.description)))
    }
}
