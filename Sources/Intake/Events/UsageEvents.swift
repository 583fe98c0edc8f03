public import Determinism
import Identifiers
public import Observability
public import Storage

/// Why it cannot be said what became of events.
public enum UsageEventError: Error, Equatable, Sendable {
    case storageUnavailable
}

/// Takes events in that edges send over HTTP: each id once for each key, and what is taken stands
/// where HAProxy's lines stand.
public struct UsageEvents: Sendable {
    /// Events of one call.
    public static let countLimit = 10_000
    /// Whether use of a service is metered, by when it was.
    public typealias Metering = @Sendable (_ service: String, _ time: Timestamp) -> Bool

    /// Losses against others before it is said that the database is away.
    private static let attemptLimit = 4

    private let database: Database
    private let metering: @Sendable () async throws(StorageError) -> Metering
    private let horizon = AcceptHorizon.standard
    private let surroundings: Surroundings
    private let logger: Logger
    private let metrics: MetricsRegistry

    /// - Parameter metering: which services are metered; asked for each call.
    public init(
        database: Database, surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry,
        metering: @escaping @Sendable () async throws(StorageError) -> Metering
    ) {
        self.logger = logger
        self.database = database
        self.metering = metering
        self.surroundings = surroundings
        self.metrics = metrics
    }

    /// Stores what has not counted yet, in one transaction.
    ///
    /// - Throws: when the database is away, or whether it has them is not known. Ask again with the
    ///   same events: where they were stored after all, they are duplicates then.
    public func take(
        _ events: [SentEvent], from sender: EventSender
    ) async throws(UsageEventError) -> EventOutcome {
        do throws(StorageError) {
            let outcome = try await stored(events, from: sender)
            count(outcome)
            return outcome
        } catch {
            logger.error("events not stored", ("reason", .text("\(error)")))
            throw .storageUnavailable
        }
    }

    private func stored(
        _ events: [SentEvent], from sender: EventSender
    ) async throws(StorageError) -> EventOutcome {
        let now = surroundings.now()
        let isMetered = try await metering()
        for _ in 0..<Self.attemptLimit {
            do throws(StorageError) {
                return try await database.transaction { transaction throws(StorageError) in
                    try await store(events, from: sender, isMetered, at: now, in: transaction)
                }
            } catch .serialization {
                continue
            } catch .constraintViolated("", .check) {
                // A row without a partition is refused as if by a check, which then has no name.
                try await database.makeDays(
                    from: now.adding(milliseconds: -horizon.pastMilliseconds),
                    through: now.adding(milliseconds: horizon.aheadMilliseconds))
            }
        }
        throw .unavailable
    }

    private func store(
        _ events: [SentEvent], from sender: EventSender, _ isMetered: @escaping Metering,
        at now: Timestamp, in transaction: Transaction
    ) async throws(StorageError) -> EventOutcome {
        let counted = try await transaction.countedEvents(events.map(\.id), of: sender)
        let customers = try await transaction.existingCustomers(
            Array(Set(events.compactMap { $0.event?.customer.number })))
        var judge = EventJudge(
            counted: counted, customers: customers, isMetered: isMetered, horizon: horizon)
        for event in events { judge.judge(event, at: now) }
        var outcome = EventOutcome(
            duplicates: judge.duplicates, rejected: judge.rejected)
        guard !judge.fresh.isEmpty else { return outcome }
        let batch = try await transaction.nextBatchID()
        let stored = try await transaction.storeEvents(
            judge.fresh, of: sender, as: batch, at: now)
        outcome.accepted = stored.count
        outcome.duplicates += judge.fresh.count - stored.count
        guard stored.count > 0 else { return outcome }
        try await transaction.insertEventBatch(
            batch, of: sender, stored, duplicates: outcome.duplicates, at: now)
        return outcome
    }

    private func count(_ outcome: EventOutcome) {
        let refused = Dictionary(grouping: outcome.rejected, by: \.reason.rawValue)
            .mapValues(\.count)
        let counts = refused.merging(
            ["accepted": outcome.accepted, "duplicate": outcome.duplicates]) { $1 }
        for (name, count) in counts where count > 0 {
            metrics.counter(
                "sluice_ingest_events_total", help: "Events sent over HTTP, by what became of them",
                labels: [("outcome", name)]
            ).increment(by: Int64(count))
        }
    }
}

/// Sorts events into those that are to be stored and those that are not.
private struct EventJudge {
    let counted: Set<String>
    let customers: Set<Int64>
    let isMetered: UsageEvents.Metering
    let horizon: AcceptHorizon
    private(set) var fresh: [(id: String, event: UsageEvent)] = []
    private(set) var duplicates = 0
    private(set) var rejected: [EventOutcome.Rejected] = []
    private var seen: Set<String> = []

    init(
        counted: Set<String>, customers: Set<Int64>, isMetered: @escaping UsageEvents.Metering,
        horizon: AcceptHorizon
    ) {
        self.counted = counted
        self.customers = customers
        self.isMetered = isMetered
        self.horizon = horizon
    }

    /// An id that has counted is a duplicate whatever it says now, so that whoever asks again
    /// hears that it counted, also when it has grown too old meanwhile.
    mutating func judge(_ sent: SentEvent, at now: Timestamp) {
        guard !counted.contains(sent.id), !seen.contains(sent.id) else {
            duplicates += 1
            return
        }
        do throws(EventRejection) {
            fresh.append((sent.id, try check(sent, at: now)))
            seen.insert(sent.id)
        } catch {
            rejected.append(EventOutcome.Rejected(id: sent.id, reason: error.reason))
        }
    }

    private func check(
        _ sent: SentEvent, at now: Timestamp
    ) throws(EventRejection) -> UsageEvent {
        guard let event = sent.event else { throw EventRejection(reason: .invalid) }
        do throws(LineRefusal) {
            try horizon.admit(event.time, now: now)
        } catch {
            throw EventRejection(reason: error == .tooOld ? .tooOld : .inFuture)
        }
        guard isMetered(event.service, event.time) else {
            throw EventRejection(reason: .serviceUnknown)
        }
        guard customers.contains(event.customer.number) else {
            throw EventRejection(reason: .customerUnknown)
        }
        return event
    }
}

private struct EventRejection: Error {
    let reason: EventRefusal
}
