import Audit
public import ByteCodecs
public import Determinism
import Identifiers
import Observability
public import Storage

/// Tries the quarantine again because an operator wants it, and has that on record: who asked, and
/// for what, before anything is read; what came of it afterwards. Asked for and without an end, it
/// was cut off, and what it had stored until then stays.
public struct AuditedReplay: Sendable {
    private let database: Database
    private let target: BulkTarget
    private let surroundings: Surroundings

    /// - Parameter target: where lines are stored; the same database, by connections of its own.
    public init(database: Database, target: BulkTarget, surroundings: Surroundings) {
        self.database = database
        self.target = target
        self.surroundings = surroundings
    }

    /// - Parameter person: the operator, as it stands in the record.
    /// - Throws: ``StorageError``; it is safe to be asked for again.
    public func run(
        _ filter: QuarantineFilter, by person: JSONValue
    ) async throws(StorageError) -> ReplayOutcome {
        var details = filter.details
        details.append(("operator", person))
        try await record(.quarantineReplayAsked, details)
        let outcome = try await tried(filter).get()
        details.append(("outcome", outcome.details))
        try await record(.quarantineReplayed, details)
        return outcome
    }

    private func record(
        _ action: AuditAction, _ details: [(String, JSONValue)]
    ) async throws(StorageError) {
        let record = AuditRecord(
            action: action, outcome: .success, details: .object(JSONObject(details)))
        try await database.execute(record.insertion(at: surroundings.now()))
    }

    private func tried(_ filter: QuarantineFilter) async -> Result<ReplayOutcome, StorageError> {
        await withCheckedContinuation { continuation in
            BackgroundThread.start { [self] in
                let replay = QuarantineReplay(
                    target, metrics: MetricsRegistry(), surroundings: surroundings,
                    logger: .disabled)
                defer { replay.close() }
                continuation.resume(
                    returning: Result { () throws(StorageError) in try replay.run(filter) })
            }
        }
    }
}

extension QuarantineFilter {
    fileprivate var details: [(String, JSONValue)] {
        [
            ("code", code.map { .string($0) } ?? .null),
            ("since", since.map { .string($0.rfc3339) } ?? .null),
            ("id", id.map { .string($0.description) } ?? .null),
        ]
    }
}
