import ByteCodecs
public import Determinism
public import Identifiers
public import Storage

/// Keys are bound in the transaction of the work, so that no crash leaves one without the other.
/// Who is at work holds an advisory lock that ends with that transaction: the database lets go of
/// it when the process or its connection dies, and the key is free again.
extension Transaction {
    /// Asks what the key means, and takes it when it is new. Comes before the work.
    public func take(_ key: IdempotencyKey) async throws(StorageError) -> KeyStanding {
        // Who only repeats takes no lock, or would keep another who does so waiting.
        let isTaken: Bool? = try await value(
            """
            SELECT pg_try_advisory_xact_lock(\(key.lock)) WHERE NOT EXISTS (
                SELECT FROM idempotency_keys
                 WHERE caller = \(key.caller) AND route = \(key.route) AND key = \(key.key))
            """)
        if isTaken == false { return .refused(.inFlight) }
        // A statement of its own sees what was committed before the lock was let go.
        let row: BoundKeyRow? = try await first(
            """
            SELECT body_hash, created_id, answer_status, answer_fields, answer_body
              FROM idempotency_keys
             WHERE caller = \(key.caller) AND route = \(key.route) AND key = \(key.key)
            """)
        guard let row else { return .new }
        guard row.bodyHash == key.bodyHash else { return .refused(.reused) }
        return .bound(row.answer, made: row.made)
    }

    /// Binds a key that ``take(_:)`` found to be new. Comes after the work; a transaction that is
    /// abandoned or fails binds nothing.
    ///
    /// - Parameters:
    ///   - made: the id of what the work made; kept for ever.
    ///   - answer: what to say to the same request; kept for 30 days.
    public func bind(
        _ key: IdempotencyKey, made: UUIDv7?, answer: KeptAnswer?, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO idempotency_keys (caller, route, key, body_hash, created_id,
                answer_status, answer_fields, answer_body, created_at)
            VALUES (\(key.caller), \(key.route), \(key.key), \(key.bodyHash),
                \(made.map { SQLUUID(bytes: $0.bytes) }), \(answer?.status),
                \(answer.map { JSONValue($0.fields) }), \(answer?.body), \(now))
            """)
    }
}

extension Database {
    /// Does `work` once for its key and keeps the answer, in one transaction.
    ///
    /// - Parameters:
    ///   - made: the id of what the work made, if it made anything.
    ///   - work: nil refuses: then nothing is written and the key stays free.
    /// - Returns: nil when `work` refused.
    /// - Throws: on ``StorageError/connectionLost`` the outcome is unknown, and the same request
    ///   under the same key finds it out.
    public func once<Value: Sendable>(
        _ request: KeyedRequest<Value>, at now: Timestamp,
        made: @Sendable (Value) -> UUIDv7? = { _ in nil },
        work: @Sendable (Transaction) async throws(StorageError) -> Value?
    ) async throws(StorageError) -> Result<KeyedOutcome<Value>?, KeyRefusal> {
        try await transaction { transaction throws(StorageError) in
            switch try await transaction.take(request.key) {
            case .refused(let refusal): return .failure(refusal)
            case .bound(let answer?, _): return .success(.repeated(answer))
            case .bound(nil, let made): return .success(.forgotten(made: made))
            case .new: break
            }
            guard let value = try await work(transaction) else {
                transaction.abandon()
                return .success(nil)
            }
            try await transaction.bind(
                request.key, made: made(value), answer: request.answer(value), at: now)
            return .success(.done(value))
        }
    }

    /// Takes the answers from keys bound before `moment`, oldest first; what they made stays.
    ///
    /// - Returns: how many there were, at most `limit`.
    public func forgetAnswers(
        before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE idempotency_keys AS k
               SET answer_status = NULL, answer_fields = NULL, answer_body = NULL
              FROM (SELECT caller, route, key FROM idempotency_keys
                     WHERE answer_status IS NOT NULL AND created_at < \(moment)
                     ORDER BY created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED) AS old
             WHERE (k.caller, k.route, k.key) = (old.caller, old.route, old.key)
            """)
    }
}

/// A bound key as stored.
private struct BoundKeyRow: SQLRow {
    var bodyHash: [UInt8]
    var made: UUIDv7?
    var answer: KeptAnswer?

    init(from columns: inout SQLColumns) throws(StorageError) {
        bodyHash = try columns.next()
        let made: SQLUUID? = try columns.next()
        self.made = made.flatMap { UUIDv7(bytes: $0.bytes) }
        let status: Int? = try columns.next()
        let fields: JSONValue? = try columns.next()
        let body: [UInt8]? = try columns.next()
        if let status, let fields, let body {
            answer = KeptAnswer(status: status, fields: fields.answerFields, body: body)
        }
    }
}

/// Fields in their order: `[["Content-Type", "application/json"], …]`.
extension JSONValue {
    fileprivate init(_ fields: [KeptAnswer.Field]) {
        self = .array(fields.map { [.string($0.name), .string($0.value)] })
    }

    fileprivate var answerFields: [KeptAnswer.Field] {
        guard case .array(let pairs) = self else { return [] }
        return pairs.compactMap { pair in
            guard case .array(let halves) = pair, halves.count == 2,
                case .string(let name) = halves[0], case .string(let value) = halves[1]
            else { return nil }
            return KeptAnswer.Field(name: name, value: value)
        }
    }
}
