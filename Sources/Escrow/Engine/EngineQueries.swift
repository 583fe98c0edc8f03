import Determinism
import Identifiers
import Storage
import SuiProtocol

extension StatementRunner {
    /// The charger's coins, the largest first: dust beyond `limit` is not looked at.
    func laneCoins(limit: Int) async throws(StorageError) -> [LaneCoin] {
        let rows: [LaneRow] = try await rows(
            """
            SELECT c.gas_object, c.gas_version, c.gas_digest, c.balance, EXISTS (
                    SELECT FROM gas_claims AS g
                     WHERE g.gas_object = c.gas_object AND g.gas_version = c.gas_version
                       AND g.released_at IS NULL)
              FROM gas_coins AS c WHERE NOT c.is_gone AND c.balance > 0
             ORDER BY c.balance DESC LIMIT \(limit)
            """)
        return rows.map(\.coin)
    }

    /// The build of every lineage that is to run: the one that spends its gas on nothing, where it
    /// has come to that, or else the one that its operations have, or else the newest.
    func liveBatches() async throws(StorageError) -> [LiveBatch] {
        let rows: [LiveBatchRow] = try await rows(
            """
            SELECT b.digest, b.lineage, b.purpose, b.gas_object, b.gas_version, b.gas_digest,
                b.last_epoch, b.signed_at, EXISTS (
                    SELECT FROM charges AS c
                     WHERE c.state = 'signed' AND c.transaction_digest = b.digest)
              FROM (SELECT DISTINCT lineage FROM gas_claims WHERE released_at IS NULL) AS g
             CROSS JOIN LATERAL (
                SELECT * FROM charge_batches AS b WHERE b.lineage = g.lineage
                 ORDER BY b.purpose = 'maintenance' DESC, EXISTS (
                        SELECT FROM charges AS c
                         WHERE c.state = 'signed' AND c.transaction_digest = b.digest) DESC,
                    b.last_epoch DESC, b.signed_at DESC LIMIT 1) AS b
            """)
        return rows.map(\.batch)
    }

    /// Signed transactions without outcome whose gas is let go of: they can run no more.
    ///
    /// Goes from digest to digest along the index instead of over all signed operations.
    func deadBatches() async throws(StorageError) -> [DeadBatchRow] {
        try await rows(
            """
            WITH RECURSIVE digests AS (
                (SELECT transaction_digest AS digest FROM charges
                  WHERE state = 'signed' AND transaction_digest IS NOT NULL
                  ORDER BY transaction_digest LIMIT 1)
                UNION ALL
                SELECT (SELECT c.transaction_digest FROM charges AS c
                         WHERE c.state = 'signed' AND c.transaction_digest > d.digest
                         ORDER BY c.transaction_digest LIMIT 1)
                  FROM digests AS d WHERE d.digest IS NOT NULL
            )
            SELECT b.digest, b.lineage, b.purpose, b.signed_at, EXISTS (
                    SELECT FROM gas_coins AS c
                     WHERE c.gas_object = g.gas_object AND c.gas_version > g.gas_version),
                EXISTS (
                    SELECT FROM charge_batches AS m
                     WHERE m.lineage = b.lineage AND m.purpose = 'maintenance')
              FROM digests AS d JOIN charge_batches AS b ON b.digest = d.digest
              JOIN gas_claims AS g ON g.lineage = b.lineage
             WHERE g.released_at IS NOT NULL
            """)
    }

    /// Operations without outcome that a transaction carries.
    func operations(of digest: TransactionDigest) async throws(StorageError) -> [EngineOperation] {
        let rows: [EngineRow] = try await rows(
            """
            SELECT \(sql: EngineRow.columns) FROM charges AS c JOIN escrow_accounts AS a
                USING (account_id)
             WHERE c.state = 'signed' AND c.transaction_digest = \(digest.bytes)
             ORDER BY c.charge_id
            """)
        return rows.map(\.operation)
    }

    func failures(of lineage: [UInt8]) async throws(StorageError) -> [FailureRow] {
        try await rows(
            """
            SELECT t.charge_id, f.message
              FROM charge_batches AS b JOIN charge_failures AS f USING (digest)
              LEFT JOIN charge_attempts AS t ON t.digest = b.digest AND t.place = f.command
             WHERE b.lineage = \(lineage)
            """)
    }

    /// Operations that somebody wants cancelled, or that have been, with no cancellation that
    /// could still run.
    func cancellations(limit: Int) async throws(StorageError) -> [Cancellation] {
        let rows: [CancellationRow] = try await rows(
            """
            SELECT \(sql: EngineRow.columns), (
                    SELECT b.signed_at FROM charge_batches AS b WHERE b.digest = c.cancel_digest)
              FROM charges AS c JOIN escrow_accounts AS a USING (account_id)
             WHERE c.state IN ('planned', 'signed')
               AND (c.cancel_asked_at IS NOT NULL OR c.cancel_digest IS NOT NULL)
               AND (c.state = 'signed' AND a.initial_shared_version IS NOT NULL
                    OR c.state = 'planned' AND NOT c.is_fenced)
               AND NOT EXISTS (
                    SELECT FROM charge_batches AS b JOIN gas_claims AS g USING (lineage)
                     WHERE b.digest = c.cancel_digest AND g.released_at IS NULL)
             ORDER BY c.charge_id LIMIT \(limit)
            """)
        return rows.map(\.cancellation)
    }

    /// The oldest planned operation of each account that is not frozen and has none under way, for
    /// the accounts after `cursor`. One that somebody wants cancelled is withdrawn instead, but for a
    /// fenced one, which is cancelled on chain anyway.
    ///
    /// Goes from account to account along the index, so that neither what is settled nor a long
    /// queue of one account costs anything.
    func plannedOperations(
        after cursor: AccountID?, limit: Int
    ) async throws(StorageError) -> [PlannedOperation] {
        let start = cursor?.bytes ?? []
        let rows: [EngineRow] = try await rows(
            """
            WITH RECURSIVE accounts AS (
                (SELECT account_id FROM charges WHERE state = 'planned' AND account_id > \(start)
                  ORDER BY account_id LIMIT 1)
                UNION ALL
                SELECT (SELECT c.account_id FROM charges AS c
                         WHERE c.state = 'planned' AND c.account_id > n.account_id
                         ORDER BY c.account_id LIMIT 1)
                  FROM accounts AS n WHERE n.account_id IS NOT NULL
            )
            SELECT \(sql: EngineRow.columns)
              FROM accounts AS n JOIN escrow_accounts AS a ON a.account_id = n.account_id
             CROSS JOIN LATERAL (
                SELECT * FROM charges AS c
                 WHERE c.account_id = n.account_id AND c.state = 'planned'
                 ORDER BY c.charge_id LIMIT 1) AS c
             WHERE a.frozen_at IS NULL AND a.initial_shared_version IS NOT NULL
               AND (c.cancel_asked_at IS NULL OR c.is_fenced)
               AND NOT EXISTS (SELECT FROM charges AS s
                                WHERE s.account_id = n.account_id AND s.state = 'signed')
             LIMIT \(limit)
            """)
        return rows.map { PlannedOperation(operation: $0.operation, isFenced: $0.isFenced) }
    }

    func planned(among ids: [ChargeID]) async throws(StorageError) -> Set<ChargeID> {
        let rows: [ChargeIDRow] = try await rows(
            """
            SELECT charge_id FROM charges
             WHERE charge_id = ANY(\(ids.map(\.sqlValue))) AND state = 'planned'
            """)
        return Set(rows.map(\.id))
    }

    /// Amounts that were signed for the first time since then.
    func signedAmount(since moment: Timestamp) async throws(StorageError) -> Int64 {
        try await value(
            """
            SELECT least(coalesce(sum(amount_micro_usdc), 0), 9223372036854775807)::bigint
              FROM signed_amounts WHERE minute > \(moment)
            """) ?? 0
    }

    func signedBytes(of digest: TransactionDigest) async throws(StorageError) -> SignedBytesRow? {
        try await first(
            "SELECT bytes, signature FROM charge_batches WHERE digest = \(digest.bytes)")
    }

    /// Refunds whose bytes may still run, for the coins that they spend.
    ///
    /// - Parameter lineage: one that does not count.
    func liveRefundBytes(
        butOf lineage: [UInt8]?
    ) async throws(StorageError) -> [SignedBytesRow] {
        try await rows(
            """
            SELECT b.bytes, b.signature FROM gas_claims AS g JOIN charge_batches AS b USING (lineage)
             WHERE g.released_at IS NULL AND b.purpose = 'refund'
               AND b.lineage IS DISTINCT FROM \(lineage)
            """)
    }

    /// Of all refunds that wait, in micro-USDC.
    func plannedRefunds() async throws(StorageError) -> Int64 {
        try await value(
            """
            SELECT least(coalesce(sum(amount_micro_usdc), 0), 9223372036854775807)::bigint
              FROM charges WHERE state = 'planned' AND kind = 'refund'
            """) ?? 0
    }

    /// Accounts that nothing is planned or signed on until a human has looked.
    func openBreaks() async throws(StorageError) -> Int {
        try await value("SELECT count(*) FROM escrow_breaks WHERE resolved_at IS NULL") ?? 0
    }

    /// Whether any bytes were ever signed.
    func hasBatches() async throws(StorageError) -> Bool {
        try await value("SELECT EXISTS (SELECT FROM charge_batches)") ?? true
    }

    /// Whether the chain has outcomes although nothing was ever signed here.
    func knowsLessThanChain() async throws(StorageError) -> Bool {
        try await value(
            """
            SELECT NOT EXISTS (SELECT FROM charge_batches) AND EXISTS (
                SELECT FROM escrow_transactions
                 WHERE standing = 'booked'
                   AND kind IN ('charged', 'declined', 'cancelled', 'refunded'))
            """) ?? true
    }

    /// - Returns: false where it has an outcome already, or there is no such operation.
    func askToCancel(
        _ id: ChargeID, at now: Timestamp, audit: SQL
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            WITH asked AS (
                UPDATE charges SET cancel_asked_at = coalesce(cancel_asked_at, \(now))
                 WHERE charge_id = \(id.sqlValue) AND state IN ('planned', 'signed')
                RETURNING customer_id
            ), audited AS (\(sql: audit))
            SELECT customer_id FROM asked
            """) == 1
    }
}

extension SQL {
    /// One record where ``StatementRunner/askToCancel(_:at:audit:)`` asks, none where not.
    static let chargeToCancel: SQL = "NULL::uuid, customer_id FROM asked"
}

extension Transaction {
    func noteTrouble(_ message: String, of ids: [ChargeID]) async throws(StorageError) {
        try await execute(
            """
            UPDATE charges SET last_error = \(message)
             WHERE charge_id = ANY(\(ids.map(\.sqlValue))) AND state IN ('planned', 'signed')
               AND last_error IS DISTINCT FROM \(message)
            """)
    }

    /// Adds to what is signed in this minute; the row keeps concurrent signers in line.
    ///
    /// - Returns: the sum since `start`, with it.
    func addSignedAmount(
        _ amount: Int64, at now: Timestamp, since start: Timestamp
    ) async throws(StorageError) -> Int64 {
        try await execute(
            """
            INSERT INTO signed_amounts AS s (minute, amount_micro_usdc)
            VALUES (date_trunc('minute', \(now)), \(amount))
            ON CONFLICT (minute) DO UPDATE
               SET amount_micro_usdc = least(9223372036854775807,
                    s.amount_micro_usdc::numeric + EXCLUDED.amount_micro_usdc)::bigint
            """)
        return try await signedAmount(since: start)
    }

    /// Takes every coin of a maintenance transaction, if all are as they were read.
    func claimGas(
        _ coins: [ObjectReference], lineage: TransactionDigest, lastEpoch: Int64,
        at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO gas_claims (lineage, gas_object, gas_version, last_epoch, claimed_at)
            SELECT \(lineage.bytes), c.gas_object, c.gas_version, \(lastEpoch), \(now)
              FROM gas_coins AS c
              JOIN unnest(\(coins.map(\.id.bytes)),
                    \(coins.map { Int64(clamping: $0.version) }), \(coins.map(\.digest.bytes)))
                   AS w (id, version, digest)
                ON c.gas_object = w.id AND c.gas_version = w.version AND c.gas_digest = w.digest
             WHERE NOT c.is_gone
            ON CONFLICT DO NOTHING
            """) == coins.count
    }

    /// - Parameter lineage: whose gas it spends; its own digest where it has claimed its coins.
    func insertMaintenance(
        _ signed: SignedMaintenance, lineage: [UInt8], as leader: Generation, at now: Timestamp
    ) async throws(StorageError) {
        guard let gas = signed.coins.first else { return }
        try await execute(
            """
            INSERT INTO charge_batches (digest, lineage, purpose, bytes, signature, gas_object,
                gas_version, gas_digest, last_epoch, generation, signed_at)
            VALUES (\(signed.digest.bytes), \(lineage), 'maintenance', \(signed.bytes), \(signed.signature),
                \(gas.id.bytes), \(Int64(clamping: gas.version)), \(gas.digest.bytes),
                \(signed.lastEpoch), \(leader.counter), \(now))
            """)
    }
}
