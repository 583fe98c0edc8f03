import Audit
import ByteCodecs
import Determinism
import Observability
import Storage

/// Counts refused calls of services and puts them on record: of each key and reason the first in a
/// minute, so that nobody fills the audit log with calls that cost nothing to make.
struct ServiceCallRecords: Sendable {
    private let database: Database
    private let surroundings: Surroundings
    private let logger: Logger
    private let metrics: MetricsRegistry
    private let tally = RefusalTally()

    init(
        database: Database, surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry
    ) {
        self.database = database
        self.surroundings = surroundings
        self.logger = logger
        self.metrics = metrics
    }

    /// - Parameters:
    ///   - service: whose key it is; nil for a key that was never given out, all of which share
    ///     one record a minute.
    ///   - keyID: what the caller gave as the id of its key. With none it knocked at the wrong
    ///     door, which is counted and no more.
    func add(
        _ refusal: ServiceCallRefusal, of service: ServiceCaller?, keyID: String?,
        caller: CallerContext
    ) async {
        guard let reason = refusal.auditReason(isKeyKnown: service != nil) else { return }
        metrics.counter(
            "sluice_service_calls_refused_total",
            help: "Calls of services that were not believed, by reason.",
            labels: [("reason", reason)]
        ).increment()
        let now = surroundings.now()
        guard keyID != nil,
            let leftOut = tally.take(.init(keyID: service?.keyID, reason: reason), at: now)
        else { return }
        await write(reason, Self.details(service, keyID, leftOut: leftOut), caller, at: now)
    }

    private func write(
        _ reason: String, _ details: JSONValue, _ caller: CallerContext, at now: Timestamp
    ) async {
        var record = AuditRecord(
            action: .serviceCallRefused, outcome: .failure, reason: reason, caller: caller)
        record.details = details
        do {
            _ = try await database.execute(record.insertion(at: now))
        } catch {
            logger.warning("a refused service call is not on record", ("reason", .text(reason)))
        }
    }

    private static func details(
        _ service: ServiceCaller?, _ keyID: String?, leftOut: Int64
    ) -> JSONValue {
        let others: JSONValue = .integer(leftOut)
        if let service {
            return [
                "keyId": .string(service.keyID), "name": .string(service.name), "leftOut": others,
            ]
        }
        // Anything else may be a token or a secret that was put in the wrong place.
        guard let keyID, ServiceKeys.isID(keyID) else { return ["leftOut": others] }
        return ["keyId": .string(keyID), "leftOut": others]
    }
}
