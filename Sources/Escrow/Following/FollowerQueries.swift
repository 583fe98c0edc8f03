import Determinism
import Identifiers
import Storage
import SuiProtocol

struct AccountIDRow: SQLRow {
    var id: AccountID

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.nextAccountID()
    }
}

extension StatementRunner {
    /// Accounts that no charge can name yet, because a node did not say since when they are
    /// shared.
    func accountsWithoutVersion(limit: Int) async throws(StorageError) -> [AccountID] {
        let rows: [AccountIDRow] = try await rows(
            """
            SELECT account_id FROM escrow_accounts WHERE initial_shared_version IS NULL
             ORDER BY account_id LIMIT \(limit)
            """)
        return rows.map(\.id)
    }
}

extension Transaction {
    func setVersions(
        _ versions: [(account: AccountID, version: Int64)]
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            UPDATE escrow_accounts AS a SET initial_shared_version = v.version
              FROM unnest(\(versions.map(\.account.bytes)), \(versions.map(\.version)))
                   AS v (account_id, version)
             WHERE a.account_id = v.account_id AND a.initial_shared_version IS NULL
            """)
    }

    func update(_ gas: [GasCoin], checkpoint: Int64) async throws(StorageError) {
        guard !gas.isEmpty else { return }
        try await execute(
            """
            \(sql: Self.insertion(gas, checkpoint: checkpoint))
            ON CONFLICT (gas_object) DO UPDATE
               SET gas_version = EXCLUDED.gas_version, gas_digest = EXCLUDED.gas_digest,
                   balance = EXCLUDED.balance, checkpoint = EXCLUDED.checkpoint, is_gone = false
             WHERE gas_coins.gas_version < EXCLUDED.gas_version
            """)
    }

    /// Coins that a node tells of outside of checkpoints: believed only where they are not known
    /// at all, or were gone before that version.
    ///
    /// - Parameter checkpoint: one that is certainly not before the answer.
    /// - Returns: how many were new.
    func discover(_ gas: [GasCoin], checkpoint: Int64) async throws(StorageError) -> Int {
        guard !gas.isEmpty else { return 0 }
        return try await execute(
            """
            \(sql: Self.insertion(gas, checkpoint: checkpoint))
            ON CONFLICT (gas_object) DO UPDATE
               SET gas_version = EXCLUDED.gas_version, gas_digest = EXCLUDED.gas_digest,
                   balance = EXCLUDED.balance, checkpoint = EXCLUDED.checkpoint, is_gone = false
             WHERE gas_coins.is_gone AND gas_coins.gas_version < EXCLUDED.gas_version
            """)
    }

    /// Their version is consumed. A row that a node told of later than this is newer than this.
    func leave(_ gone: [GoneCoin]) async throws(StorageError) {
        guard !gone.isEmpty else { return }
        try await execute(
            """
            UPDATE gas_coins AS c
               SET is_gone = true, balance = 0, checkpoint = g.checkpoint,
                   gas_version = greatest(c.gas_version + 1, g.version)
              FROM unnest(\(gone.map(\.id.bytes)),
                    \(gone.map { $0.version.map { Int64(clamping: $0) } ?? -1 }),
                    \(gone.map(\.checkpoint))) AS g (id, version, checkpoint)
             WHERE c.gas_object = g.id AND NOT c.is_gone
               AND CASE WHEN g.version < 0 THEN c.checkpoint < g.checkpoint
                        ELSE c.gas_version < g.version END
            """)
    }

    /// Lets go of gas versions that no transaction of ours can spend any more, as booked: another
    /// version has been seen, or the last epoch of every build has passed.
    func releaseDeadClaims(epoch: Int64, at now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            UPDATE gas_claims AS g SET released_at = \(now)
             WHERE g.released_at IS NULL
               AND (EXISTS (SELECT FROM gas_coins AS c
                             WHERE c.gas_object = g.gas_object AND c.gas_version > g.gas_version)
                    OR g.last_epoch < \(epoch))
            """)
    }

    /// Keeps those that are batches of ours.
    func insert(_ failures: [FailedTransaction]) async throws(StorageError) {
        guard !failures.isEmpty else { return }
        let reasons = failures.map(\.failure)
        try await execute(
            """
            INSERT INTO charge_failures (digest, checkpoint, at, message, abort_code, command)
            SELECT f.digest, f.checkpoint, 'epoch'::timestamptz + f.at * interval '1 millisecond',
                f.message, NULLIF(f.abort_code, -1), NULLIF(f.command, -1)
              FROM unnest(\(failures.map(\.digest.bytes)), \(failures.map(\.checkpoint)),
                    \(failures.map(\.at.milliseconds)), \(reasons.map(\.storableMessage)),
                    \(reasons.map { $0.abortCode.map { Int64(clamping: $0) } ?? -1 }),
                    \(reasons.map { $0.command.map { Int64($0) } ?? -1 }))
                   AS f (digest, checkpoint, at, message, abort_code, command)
              JOIN charge_batches AS b USING (digest)
            ON CONFLICT DO NOTHING
            """)
    }

    private static func insertion(_ gas: [GasCoin], checkpoint: Int64) -> SQL {
        """
        INSERT INTO gas_coins (gas_object, gas_version, gas_digest, balance, checkpoint)
        SELECT g.id, g.version, g.digest, g.balance, \(checkpoint)
          FROM unnest(\(gas.map(\.reference.id.bytes)),
                \(gas.map { Int64(clamping: $0.reference.version) }),
                \(gas.map(\.reference.digest.bytes)), \(gas.map { Int64(clamping: $0.balance) }))
               AS g (id, version, digest, balance)
        """
    }
}

extension NodeFailure {
    /// PostgreSQL's `text` holds no U+0000.
    fileprivate var storableMessage: String {
        String(decoding: message.utf8.filter { $0 != 0 }.prefix(500), as: UTF8.self)
    }
}
