import Storage

/// A key that is to be sealed for the vault, or sealed anew.
struct UnsealedRow: SQLRow {
    let id: SQLUUID
    let customer: Int64
    /// Under `DB_ENCRYPTION_KEY`.
    let sealedKey: String
    /// Under a `VAULT_KEY` of before; nil where it was under none yet.
    let vaultKey: String?

    init(from columns: inout SQLColumns) throws(StorageError) {
        (id, customer, sealedKey, vaultKey) = (
            try columns.next(), try columns.next(), try columns.next(), try columns.next()
        )
    }
}

/// A key that is sealed already.
struct SealedRow: SQLRow {
    let customer: Int64
    let vaultKey: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        (customer, vaultKey) = (try columns.next(), try columns.next())
    }
}

/// How many keys are sealed under one version of `VAULT_KEY`.
struct SealedCount: SQLRow {
    /// Nil for those that are to be sealed, and are not yet.
    let version: Int?
    let count: Int64

    init(from columns: inout SQLColumns) throws(StorageError) {
        (version, count) = (try columns.next(), try columns.next())
    }
}

extension StatementRunner {
    /// - Parameters:
    ///   - version: of `VAULT_KEY`; nil for those that are not sealed yet.
    ///   - id: goes on after this one.
    func keysSealed(
        under version: Int?, after id: SQLUUID, limit: Int
    ) async throws(StorageError) -> [UnsealedRow] {
        guard let version else {
            return try await rows(
                """
                SELECT api_key_id, customer_id, sealed_key, vault_key FROM api_keys
                 WHERE vault_key IS NULL AND state = 'active' AND api_key_id > \(id)
                 ORDER BY api_key_id LIMIT \(limit)
                """)
        }
        return try await rows(
            """
            SELECT api_key_id, customer_id, sealed_key, vault_key FROM api_keys
             WHERE vault_key_version = \(version)::integer AND sealed_key IS NOT NULL
               AND api_key_id > \(id)
             ORDER BY api_key_id LIMIT \(limit)
            """)
    }

    func someKey(sealedUnder version: Int) async throws(StorageError) -> SealedRow? {
        try await first(
            """
            SELECT customer_id, vault_key FROM api_keys
             WHERE vault_key_version = \(version)::integer ORDER BY api_key_id DESC LIMIT 1
            """)
    }

    func sealedCounts() async throws(StorageError) -> [SealedCount] {
        try await rows(
            """
            SELECT vault_key_version::bigint, count(*) FROM api_keys
             WHERE vault_key IS NOT NULL OR state = 'active'
             GROUP BY vault_key_version ORDER BY vault_key_version NULLS LAST
            """)
    }
}

extension StatementRunner {
    /// Of the version that came into force last.
    func tableSealedUnder() async throws(StorageError) -> Int? {
        let row: SQLScalar<Int64>? = try await first(
            """
            SELECT coalesce(sealed_under, 0)::bigint FROM vault_versions
             WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1
            """)
        return row.flatMap { $0.value == 0 ? nil : Int($0.value) }
    }
}

extension Transaction {
    /// The keys are named twice: with the second condition alone, a server that has not looked at the
    /// table yet takes nearly all of it to be sealed, and compares each key with each of `ids`.
    ///
    /// - Parameter version: what they were sealed under when they were read. Of one that has been
    ///   deleted or sealed meanwhile nothing is changed.
    /// - Returns: how many were changed.
    func sealKeys(
        _ ids: [SQLUUID], _ sealed: [String], insteadOf version: Int?
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE api_keys AS k SET vault_key = s.vault_key
              FROM unnest(\(ids), \(sealed)) AS s (id, vault_key)
             WHERE k.api_key_id = ANY(\(ids)) AND k.api_key_id = s.id AND k.state <> 'deleted'
               AND k.vault_key_version IS NOT DISTINCT FROM \(version)::integer
            """)
    }
}
