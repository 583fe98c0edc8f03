import Determinism
import Identifiers
import Storage
import SuiProtocol

extension Transaction {
    /// What is sent must have been written, also where the server is told to take less care.
    func commitDurably() async throws(StorageError) {
        try await execute("SELECT set_config('synchronous_commit', 'on', true)")
    }

    /// Makes a version of a gas coin the lineage's own, if it is the booked one and free.
    func claimGas(_ signed: SignedBatch, at now: Timestamp) async throws(StorageError) -> Bool {
        let gas = signed.batch.gas
        return try await execute(
            """
            INSERT INTO gas_claims (lineage, gas_object, gas_version, last_epoch, claimed_at)
            SELECT \(signed.digest.bytes), gas_object, gas_version, \(signed.batch.lastEpoch), \(now)
              FROM gas_coins
             WHERE gas_object = \(gas.id.bytes) AND gas_version = \(Int64(clamping: gas.version))
               AND gas_digest = \(gas.digest.bytes) AND NOT is_gone
            ON CONFLICT DO NOTHING
            """) == 1
    }

    /// The lineage that the transaction belongs to; nil for one we have not signed.
    func lineage(of digest: TransactionDigest) async throws(StorageError) -> [UInt8]? {
        try await value("SELECT lineage FROM charge_batches WHERE digest = \(digest.bytes)")
    }

    /// Locked, so that no other rebuild decides at the same moment.
    func isLive(lineage: [UInt8]) async throws(StorageError) -> Bool {
        try await value(
            """
            SELECT released_at IS NULL FROM gas_claims WHERE lineage = \(lineage) FOR UPDATE
            """) ?? false
    }

    /// Whoever lets go of the claim has to see how long the new build can run, so the row itself
    /// says it.
    func extend(lineage: [UInt8], through epoch: Int64) async throws(StorageError) {
        try await execute(
            """
            UPDATE gas_claims SET last_epoch = greatest(last_epoch, \(epoch))
             WHERE lineage = \(lineage)
            """)
    }

    func spends(
        _ gas: ObjectReference, lineage: [UInt8]
    ) async throws(StorageError) -> Bool {
        try await value(
            """
            SELECT EXISTS (
                SELECT FROM gas_claims
                 WHERE lineage = \(lineage) AND gas_object = \(gas.id.bytes)
                   AND gas_version = \(Int64(clamping: gas.version)))
            """) ?? false
    }

    func insert(
        _ signed: SignedBatch, lineage: [UInt8], as leader: Generation, at now: Timestamp
    ) async throws(StorageError) {
        let batch = signed.batch
        try await execute(
            """
            WITH batch AS (
                INSERT INTO charge_batches (digest, lineage, purpose, bytes, signature, gas_object,
                    gas_version, gas_digest, last_epoch, generation, signed_at)
                VALUES (\(signed.digest.bytes), \(lineage), \(batch.purpose.rawValue),
                    \(signed.bytes), \(signed.signature), \(batch.gas.id.bytes),
                    \(Int64(clamping: batch.gas.version)), \(batch.gas.digest.bytes),
                    \(batch.lastEpoch), \(leader.counter), \(now))
                RETURNING digest
            )
            INSERT INTO charge_attempts (digest, place, charge_id)
            SELECT digest, place - 1, charge_id FROM batch,
                unnest(\(batch.operations.map(\.charge.sqlValue)))
                    WITH ORDINALITY AS o (charge_id, place)
            """)
    }

    /// Planned operations get their number and their first bytes. Each must be the oldest planned
    /// one of its account, its number the next, its account not frozen, its obligation unsettled.
    ///
    /// - Returns: how many.
    func signPlanned(_ signed: SignedBatch, at now: Timestamp) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE charges AS c
               SET state = 'signed', sequence = o.sequence, attempts = c.attempts + 1,
                   transaction_digest = \(signed.digest.bytes), signed_at = \(now)
              FROM \(sql: operations(signed)), escrow_accounts AS a
             WHERE \(sql: Self.sameOperation) AND c.state = 'planned' AND NOT c.is_fenced
               AND c.cancel_asked_at IS NULL
               AND c.kind = \(signed.batch.purpose.rawValue) AND \(sql: Self.mayTakeNext)
               AND NOT EXISTS (
                    SELECT FROM charges AS s
                     WHERE s.obligation_mark = c.obligation_mark AND s.kind = c.kind
                       AND s.state = 'settled' AND s.charge_id <> c.charge_id)
               AND (c.kind = 'charge' OR \(sql: Self.givenBack(of: "c.refund_of"))
                    <= (SELECT p.amount_micro_usdc FROM charges AS p
                         WHERE p.charge_id = c.refund_of AND p.state = 'settled'))
            """)
    }

    /// Signed operations of a lineage get new bytes with the same facts.
    func signAgain(
        _ signed: SignedBatch, lineage: [UInt8]
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE charges AS c
               SET transaction_digest = \(signed.digest.bytes), attempts = c.attempts + 1
              FROM \(sql: operations(signed))
             WHERE \(sql: Self.sameOperation) AND c.state = 'signed' AND c.sequence = o.sequence
               AND c.kind = \(signed.batch.purpose.rawValue)
               AND c.transaction_digest IN (
                    SELECT b.digest FROM charge_batches AS b WHERE b.lineage = \(lineage))
            """)
    }

    /// Operations of a lineage that have no outcome.
    func unresolved(in lineage: [UInt8]) async throws(StorageError) -> Int {
        try await value(
            """
            SELECT count(*) FROM charges
             WHERE state = 'signed' AND transaction_digest IN (
                    SELECT digest FROM charge_batches WHERE lineage = \(lineage))
            """) ?? 0
    }

    /// A cancellation: of a signed operation under its own number, or of a fenced one under the
    /// account's next.
    func signCancellation(
        _ signed: SignedBatch, at now: Timestamp
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE charges AS c
               SET state = 'signed', sequence = o.sequence, attempts = c.attempts + 1,
                   cancel_digest = \(signed.digest.bytes), signed_at = coalesce(c.signed_at, \(now))
              FROM \(sql: operations(signed)), escrow_accounts AS a
             WHERE \(sql: Self.sameOperation) AND a.account_id = c.account_id
               AND (c.state = 'signed' AND c.sequence = o.sequence
                    OR c.state = 'planned' AND c.is_fenced AND \(sql: Self.mayTakeNext))
            """)
    }

    /// The cancellation that the operation has had so far must be dead.
    func hasLiveCancellation(_ id: ChargeID) async throws(StorageError) -> Bool {
        try await value(
            """
            SELECT EXISTS (
                SELECT FROM charges AS c JOIN charge_batches AS b ON b.digest = c.cancel_digest
                  JOIN gas_claims AS g USING (lineage)
                 WHERE c.charge_id = \(id.sqlValue) AND g.released_at IS NULL)
            """) ?? false
    }

    private func operations(_ signed: SignedBatch) -> SQL {
        let all = signed.batch.operations
        return """
            unnest(\(all.map(\.charge.sqlValue)), \(all.map(\.account.bytes)),
                \(all.map(\.sequence)), \(all.map(\.amount.units)), \(all.map(\.reference.bytes)))
                AS o (charge_id, account_id, sequence, amount, reference)
            """
    }

    private static let sameOperation: SQL = """
        c.charge_id = o.charge_id AND c.account_id = o.account_id AND c.amount_micro_usdc = o.amount
        AND c.reference = o.reference
        """

    /// Asked once for each operation that is to be signed: statistics are taken when next to nothing
    /// is planned, so that a join would read all that is planned for each of them.
    private static let mayTakeNext: SQL = """
        a.account_id = c.account_id AND a.sequence + 1 = o.sequence AND a.frozen_at IS NULL
        AND o.charge_id = (
            SELECT e.charge_id FROM charges AS e
             WHERE e.account_id = o.account_id AND e.state = 'planned'
             ORDER BY e.charge_id LIMIT 1)
        """
}
