import Audit
import ByteCodecs
public import Determinism
public import Identifiers
public import Storage

extension APIKeyDetails: SQLRow {
    /// Of `api_keys AS k`.
    static let columns: SQL = """
        k.api_key_id, k.customer_id, k.service_type, k.name, k.state, k.hint, k.created_at,
        k.changed_at, k.expires_at, k.last_used_at, k.rotated_from,
        (SELECT n.api_key_id FROM api_keys AS n WHERE n.rotated_from = k.api_key_id),
        k.changed_in::text
        """

    public init(from columns: inout SQLColumns) throws(StorageError) {
        guard let id = try columns.nextAPIKeyID(), let customer = CustomerID(try columns.next()),
            let service = ServiceType(rawValue: try columns.next())
        else { throw .unexpectedValue(column: "api_key_id") }
        let name: String? = try columns.next()
        guard let state = APIKeyState(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        self.init(
            id: id, customer: customer, service: service, name: name, state: state,
            hint: try columns.next(), createdAt: try columns.next(), changedAt: try columns.next(),
            expiresAt: try columns.next(), lastUsedAt: try columns.next(),
            rotatedFrom: try columns.nextAPIKeyID(), rotatedTo: try columns.nextAPIKeyID(),
            changedIn: try columns.nextMark())
    }
}

extension SQLColumns {
    /// Nil is SQL's NULL.
    mutating func nextAPIKeyID() throws(StorageError) -> APIKeyID? {
        let value: SQLUUID? = try next()
        return value.flatMap { UUIDv7(bytes: $0.bytes) }.map { APIKeyID($0) }
    }

    fileprivate mutating func nextMark() throws(StorageError) -> TransactionMark {
        guard let mark = TransactionMark(try next()) else {
            throw .unexpectedValue(column: "changed_in")
        }
        return mark
    }
}

extension APIKeyID {
    var sqlValue: SQLUUID { SQLUUID(bytes: uuid.bytes) }
}

extension StatementRunner {
    /// Nil for one of another customer's and one that was deleted.
    func apiKey(
        _ id: APIKeyID, of customer: CustomerID
    ) async throws(StorageError) -> APIKeyDetails? {
        try await first(
            """
            SELECT \(sql: APIKeyDetails.columns) FROM api_keys AS k
             WHERE k.api_key_id = \(id.sqlValue) AND k.customer_id = \(customer.number)
               AND k.state <> 'deleted'
            """)
    }

    /// Newest first, without what was deleted.
    func apiKeys(
        of customer: CustomerID, _ service: ServiceType, before: APIKeyID?, limit: Int
    ) async throws(StorageError) -> [APIKeyDetails] {
        try await rows(
            """
            SELECT \(sql: APIKeyDetails.columns) FROM api_keys AS k
             WHERE k.customer_id = \(customer.number) AND k.service_type = \(service.rawValue)
               AND k.state <> 'deleted'
               AND (\(before?.sqlValue)::uuid IS NULL OR k.api_key_id < \(before?.sqlValue))
             ORDER BY k.api_key_id DESC LIMIT \(limit)
            """)
    }

    /// Keys that take a slot of the plan: a key in its overlap does not.
    public func activeKeyCount(
        of customer: CustomerID, _ service: ServiceType
    ) async throws(StorageError) -> Int64 {
        try await value(
            """
            SELECT count(*) FROM api_keys
             WHERE customer_id = \(customer.number) AND service_type = \(service.rawValue)
               AND state = 'active' AND expires_at IS NULL
            """) ?? 0
    }

    func sealedKey(_ id: APIKeyID) async throws(StorageError) -> String? {
        try await value(
            """
            SELECT sealed_key FROM api_keys
             WHERE api_key_id = \(id.sqlValue) AND sealed_key IS NOT NULL
            """)
    }
}

extension Transaction {
    /// Keys whose overlap lasts, but for one.
    func overlapCount(
        of customer: CustomerID, _ service: ServiceType, without other: APIKeyID?,
        at now: Timestamp
    ) async throws(StorageError) -> Int64 {
        try await value(
            """
            SELECT count(*) FROM api_keys
             WHERE customer_id = \(customer.number) AND service_type = \(service.rawValue)
               AND state = 'active' AND expires_at > \(now)
               AND api_key_id IS DISTINCT FROM \(other?.sqlValue)
            """) ?? 0
    }

    func insert(
        _ key: APIKey, _ id: APIKeyID, of customer: CustomerID, name: String?, sealed: String,
        rotatedFrom: APIKeyID?, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO api_keys (api_key_id, customer_id, service_type, name, key_hash, hint,
                sealed_key, created_at, changed_at, rotated_from)
            VALUES (\(id.sqlValue), \(customer.number), \(key.service.rawValue), \(name),
                \(key.hash.bytes), \(key.hint), \(sealed), \(now), \(now),
                \(rotatedFrom?.sqlValue))
            """)
    }

    /// - Returns: false when it is not in that state any more.
    func change(
        _ id: APIKeyID, from old: APIKeyState, to new: APIKeyState, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            UPDATE api_keys
               SET state = \(new.rawValue), changed_at = \(now), changed_in = pg_current_xact_id(),
                   sealed_key = CASE WHEN \(new == .deleted) THEN NULL ELSE sealed_key END,
                   vault_key = CASE WHEN \(new == .deleted) THEN NULL ELSE vault_key END
             WHERE api_key_id = \(id.sqlValue) AND state = \(old.rawValue)
            """) == 1
    }

    /// - Returns: false when it is not active any more, or ends already.
    func limit(
        _ id: APIKeyID, until end: Timestamp, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            UPDATE api_keys
               SET expires_at = \(end), changed_at = \(now), changed_in = pg_current_xact_id()
             WHERE api_key_id = \(id.sqlValue) AND state = 'active' AND expires_at IS NULL
            """) == 1
    }

    /// Revokes what is past its overlap, oldest first, with a record for each in the audit log.
    ///
    /// - Returns: how many there were, at most `limit`.
    public func revokeExpiredKeys(
        at now: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        let ended: [APIKeyDetails] = try await rows(
            """
            UPDATE api_keys AS k
               SET state = 'revoked', changed_at = \(now), changed_in = pg_current_xact_id()
              FROM (SELECT api_key_id FROM api_keys
                     WHERE state = 'active' AND expires_at <= \(now)
                     ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED) AS old
             WHERE k.api_key_id = old.api_key_id RETURNING \(sql: APIKeyDetails.columns)
            """)
        for key in ended {
            let record = AuditRecord(
                action: .apiKeyRevoked, outcome: .success, reason: "overlap_ended",
                customerID: key.customer.number, details: .object(key.auditDetails))
            try await execute(record.insertion(at: now))
        }
        return ended.count
    }
}
