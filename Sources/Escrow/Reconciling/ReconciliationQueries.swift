import Determinism
import Identifiers
import Storage
import SuiProtocol

/// A scope as the database understands it.
struct ReconciliationFilter: Sendable {
    var since: Timestamp?
    /// Nil for all.
    var accounts: [AccountID]?
    var digest: TransactionDigest?

    /// - Parameter at: a column expression of the time that counts.
    fileprivate func conditions(at: SQL, account: SQL, digest column: SQL) -> SQL {
        var all: SQL = "true"
        if let since { all = "\(sql: all) AND \(sql: at) >= \(since)" }
        if let accounts {
            all = "\(sql: all) AND \(sql: account) = ANY(\(accounts.map(\.bytes)))"
        }
        if let digest { all = "\(sql: all) AND \(sql: column) = \(digest.bytes)" }
        return all
    }
}

extension Transaction {
    /// All that follows sees one moment, and changes nothing.
    func beginSnapshot() async throws(StorageError) {
        try await execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        // The whole of a cursor is read, not its beginning.
        try await execute("SET LOCAL cursor_tuple_fraction = 1")
    }

    func sizes(_ filter: ReconciliationFilter) async throws(StorageError) -> SizesRow? {
        let events = filter.conditions(at: "e.at", account: "e.account_id", digest: "e.digest")
        let charges = filter.conditions(
            at: "coalesce(c.ended_at, c.planned_at)", account: "c.account_id",
            digest: "c.outcome_digest")
        return try await first(
            """
            SELECT (SELECT count(*) FROM escrow_transactions AS e WHERE \(sql: events)),
                (SELECT count(*) FROM charges AS c WHERE c.kind = 'charge' AND \(sql: charges)),
                (SELECT count(*) FROM escrow_accounts AS a
                  WHERE \(sql: Self.among(filter.accounts)))
            """)
    }

    func openEvents(_ filter: ReconciliationFilter) async throws(StorageError) {
        let condition = filter.conditions(at: "e.at", account: "e.account_id", digest: "e.digest")
        try await execute(
            """
            DECLARE reconciled_events NO SCROLL CURSOR FOR
            SELECT \(sql: Self.eventColumns) FROM \(sql: Self.eventSource) WHERE \(sql: condition)
             ORDER BY e.digest, e.event_seq
            """)
    }

    func openEntries(_ filter: ReconciliationFilter) async throws(StorageError) {
        let condition = filter.conditions(
            at: "coalesce(e.at, l.at)", account: "l.account_id", digest: "l.digest")
        let join: SQL =
            filter.since == nil
            ? "" : "LEFT JOIN escrow_transactions AS e USING (digest, event_seq)"
        try await execute(
            """
            DECLARE reconciled_entries NO SCROLL CURSOR FOR
            SELECT l.digest, l.event_seq, l.leg, l.purpose, l.account_id, l.charge_id,
                l.debit_account, l.credit_account, l.amount_micro_usdc
              FROM ledger_entries AS l \(sql: join)
             WHERE l.digest IS NOT NULL AND \(sql: condition)
             ORDER BY l.digest, l.event_seq, l.leg
            """)
    }

    func openOutcomes(_ filter: ReconciliationFilter) async throws(StorageError) {
        let condition = filter.conditions(
            at: "coalesce(e.at, c.ended_at)", account: "c.account_id", digest: "c.outcome_digest")
        let join: SQL =
            filter.since == nil
            ? ""
            : """
            LEFT JOIN escrow_transactions AS e
                ON e.digest = c.outcome_digest AND e.event_seq = c.outcome_event_seq
            """
        try await execute(
            """
            DECLARE reconciled_outcomes NO SCROLL CURSOR FOR
            SELECT c.outcome_digest, c.outcome_event_seq, c.charge_id, c.kind, c.state,
                c.abandon_reason, c.decline_reason, c.account_id, c.amount_micro_usdc, c.reference,
                c.outcome_sequence
              FROM charges AS c \(sql: join)
             WHERE c.outcome_digest IS NOT NULL AND \(sql: condition)
             ORDER BY c.outcome_digest, c.outcome_event_seq, c.charge_id
            """)
    }

    func openHolds(_ filter: ReconciliationFilter) async throws(StorageError) {
        let condition = filter.conditions(
            at: "coalesce(c.ended_at, c.planned_at)", account: "c.account_id",
            digest: "c.outcome_digest")
        try await execute(
            """
            DECLARE reconciled_holds NO SCROLL CURSOR FOR
            SELECT c.charge_id, c.account_id, c.state, c.is_adopted, c.amount_micro_usdc,
                h.amount_micro_usdc, x.amount_micro_usdc
              FROM charges AS c
              LEFT JOIN ledger_entries AS h ON h.charge_id = c.charge_id AND h.purpose = 'hold'
              LEFT JOIN ledger_entries AS x
                ON x.charge_id = c.charge_id AND x.debit_account LIKE 'held/%'
             WHERE c.kind = 'charge' AND \(sql: condition)
            """)
    }

    func openAccounts(among accounts: [AccountID]?) async throws(StorageError) {
        try await execute(
            """
            DECLARE reconciled_accounts NO SCROLL CURSOR FOR
            SELECT \(sql: AccountRow.columns), coalesce(s.escrow, 0)::text,
                coalesce(s.held, 0)::text, coalesce(p.live, 0)::text
              FROM escrow_accounts AS a
              LEFT JOIN (
                SELECT account_id,
                    coalesce(sum(amount) FILTER (WHERE credit_account = 'escrow/' || name), 0)
                    - coalesce(sum(amount) FILTER (WHERE debit_account = 'escrow/' || name), 0)
                        AS escrow,
                    coalesce(sum(amount) FILTER (WHERE credit_account = 'held/' || name), 0)
                    - coalesce(sum(amount) FILTER (WHERE debit_account = 'held/' || name), 0)
                        AS held
                  FROM (SELECT account_id, debit_account, credit_account,
                            amount_micro_usdc AS amount, '0x' || encode(account_id, 'hex') AS name
                          FROM ledger_entries AS a WHERE \(sql: Self.among(accounts))) AS l
                 GROUP BY account_id) AS s USING (account_id)
              LEFT JOIN (
                SELECT account_id, sum(amount_micro_usdc) AS live FROM charges
                 WHERE kind = 'charge' AND state IN ('planned', 'signed')
                 GROUP BY account_id) AS p USING (account_id)
             WHERE \(sql: Self.among(accounts))
             ORDER BY a.account_id
            """)
    }

    func openAccountEvents(among accounts: [AccountID]?) async throws(StorageError) {
        try await execute(
            """
            DECLARE reconciled_account_events NO SCROLL CURSOR FOR
            SELECT a.account_id, a.name, a.bcs
              FROM escrow_transactions AS a
             WHERE a.account_id IS NOT NULL AND \(sql: Self.among(accounts))
             ORDER BY a.account_id, a.checkpoint, a.position
            """)
    }

    /// Every account of the mirror.
    func knownAccounts() async throws(StorageError) -> Set<AccountID> {
        let rows: [AccountIDRow] = try await rows("SELECT account_id FROM escrow_accounts")
        return Set(rows.map(\.id))
    }

    /// Stored events of some checkpoints.
    func events(
        in range: ClosedRange<Int64>, accounts: [AccountID]?
    ) async throws(StorageError) -> [StoredEvent] {
        let filter = ReconciliationFilter(accounts: accounts)
        let condition = filter.conditions(at: "e.at", account: "e.account_id", digest: "e.digest")
        let rows: [StoredEventRow] = try await rows(
            """
            SELECT \(sql: Self.eventColumns) FROM \(sql: Self.eventSource)
             WHERE e.checkpoint BETWEEN \(range.lowerBound) AND \(range.upperBound)
               AND \(sql: condition)
            """)
        return rows.map(\.event)
    }

    func openBreaks(_ filter: ReconciliationFilter) async throws(StorageError) -> [OpenBreak] {
        let condition = filter.conditions(
            at: "b.raised_at", account: "b.account_id", digest: "b.digest")
        return try await rows(
            """
            SELECT \(sql: OpenBreak.columns) FROM escrow_breaks AS b
             WHERE b.resolved_at IS NULL AND \(sql: condition) ORDER BY b.break_id LIMIT 10000
            """)
    }

    /// Money set aside for charges that do not exist.
    func strayHolds(_ filter: ReconciliationFilter) async throws(StorageError) -> [StrayHoldRow] {
        let condition = filter.conditions(at: "l.at", account: "l.account_id", digest: "l.digest")
        return try await rows(
            """
            SELECT l.charge_id, l.account_id, l.amount_micro_usdc FROM ledger_entries AS l
              LEFT JOIN charges AS c USING (charge_id)
             WHERE l.purpose = 'hold' AND c.charge_id IS NULL AND \(sql: condition) LIMIT 10000
            """)
    }

    private static let eventColumns: SQL = """
        e.digest, e.event_seq, e.checkpoint, e.account_id, e.name, e.standing, e.sequence,
        e.amount_micro_usdc, e.balance_micro_usdc, e.reference, e.bcs,
        a.account_id IS NOT NULL, b.digest IS NOT NULL,
        CASE WHEN e.kind = 'cancelled' AND octet_length(e.reference) = 32 THEN
            NOT EXISTS (SELECT FROM charges AS n
                 WHERE n.charge_id = encode(substr(e.reference, 1, 16), 'hex')::uuid)
            AND EXISTS (SELECT FROM charges AS k
                 WHERE k.obligation_mark = substr(e.reference, 17)
                   AND k.account_id = e.account_id)
            ELSE false END
        """

    private static let eventSource: SQL = """
        escrow_transactions AS e LEFT JOIN escrow_accounts AS a USING (account_id)
            LEFT JOIN (SELECT DISTINCT digest, event_seq FROM escrow_breaks) AS b
                ON b.digest = e.digest AND b.event_seq = e.event_seq
        """

    private static func among(_ accounts: [AccountID]?) -> SQL {
        guard let accounts else { return "true" }
        return "a.account_id = ANY(\(accounts.map(\.bytes)))"
    }
}

extension StatementRunner {
    func accounts(of customer: CustomerID) async throws(StorageError) -> [AccountID] {
        let rows: [AccountIDRow] = try await rows(
            """
            SELECT a.account_id FROM escrow_accounts AS a
              JOIN customers AS c ON c.wallet_address = a.owner
             WHERE c.customer_id = \(customer.number)
            """)
        return rows.map(\.id)
    }

    /// Accounts that events since then, or a transaction's events, are about.
    func accounts(
        since: Timestamp?, digest: TransactionDigest?
    ) async throws(StorageError) -> [AccountID] {
        let filter = ReconciliationFilter(since: since, digest: digest)
        let condition = filter.conditions(at: "e.at", account: "e.account_id", digest: "e.digest")
        let rows: [AccountIDRow] = try await rows(
            """
            SELECT DISTINCT e.account_id FROM escrow_transactions AS e
              JOIN escrow_accounts AS a USING (account_id) WHERE \(sql: condition)
            """)
        return rows.map(\.id)
    }

    func firstCheckpoint(since: Timestamp) async throws(StorageError) -> Int64? {
        try await value(
            """
            SELECT checkpoint FROM escrow_transactions WHERE at >= \(since)
             ORDER BY checkpoint LIMIT 1
            """)
    }

    /// From where on events were to be stored; of databases that do not know where following began,
    /// from where on some are.
    func firstFollowedCheckpoint() async throws(StorageError) -> Int64? {
        try await value(
            """
            SELECT coalesce(
                (SELECT checkpoint + 1 FROM processing_state WHERE name = 'follower_start'),
                (SELECT checkpoint FROM escrow_transactions ORDER BY checkpoint LIMIT 1))
            """)
    }

    /// Up to where the chain's events were found to fit.
    func reconciledMark() async throws(StorageError) -> Int64? {
        try await value("SELECT checkpoint FROM processing_state WHERE name = 'reconciled'")
    }

    /// Never past what is booked now, as the database may have been replaced by one from before
    /// while the chain was read; and never back, but from there.
    func setReconciledMark(_ checkpoint: Int64, at now: Timestamp) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO processing_state (name, checkpoint, epoch, updated_at)
            SELECT 'reconciled', least(\(checkpoint), f.checkpoint), 0, \(now)
              FROM processing_state AS f WHERE f.name = 'follower'
            ON CONFLICT (name) DO UPDATE
               SET checkpoint = EXCLUDED.checkpoint, updated_at = EXCLUDED.updated_at
             WHERE processing_state.checkpoint < EXCLUDED.checkpoint
                OR processing_state.checkpoint > (
                    SELECT checkpoint FROM processing_state WHERE name = 'follower')
            """)
    }

    /// The next accounts after one, by id.
    func mirrors(
        after id: AccountID?, among accounts: [AccountID]?, limit: Int
    ) async throws(StorageError) -> [AccountRow] {
        var condition: SQL = "true"
        if let id { condition = "a.account_id > \(id.bytes)" }
        if let accounts {
            condition = "\(sql: condition) AND a.account_id = ANY(\(accounts.map(\.bytes)))"
        }
        return try await rows(
            """
            SELECT \(sql: AccountRow.columns) FROM escrow_accounts AS a
             WHERE \(sql: condition) ORDER BY a.account_id LIMIT \(limit)
            """)
    }
}
