import Audit
import Determinism
import Identifiers
import Storage
import SuiProtocol

/// An account with the version at which it was shared, if that is known.
struct WalletAccountRow: SQLRow {
    var account: AccountRow
    var initialVersion: Int64?

    init(from columns: inout SQLColumns) throws(StorageError) {
        account = try AccountRow(from: &columns)
        initialVersion = try columns.next()
    }
}

struct FollowerProgressRow: SQLRow {
    var checkpoint: Int64
    var at: Timestamp

    init(from columns: inout SQLColumns) throws(StorageError) {
        checkpoint = try columns.next()
        at = try columns.next()
    }
}

/// Bytes that may be sent.
struct SignedWalletTransaction: SQLRow {
    var bytes: [UInt8]
    var signature: [UInt8]

    init(from columns: inout SQLColumns) throws(StorageError) {
        bytes = try columns.next()
        signature = try columns.next()
    }
}

private struct WalletTransactionRow: SQLRow {
    var transaction: WalletTransaction

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        let kind: String? = try columns.next()
        let account: [UInt8]? = try columns.next()
        let amount: Int64? = try columns.next()
        let limit: Int64? = try columns.next()
        let bytes: [UInt8]? = try columns.next()
        let lastEpoch: Int64? = try columns.next()
        let summary: String? = try columns.next()
        guard let state = WalletTransaction.State(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        transaction = WalletTransaction(
            digest: digest, kind: kind.flatMap(WalletRequest.Kind.init),
            account: account.flatMap { AccountID(bytes: $0) },
            amount: amount.map { MicroUSDC($0) }, spendingLimit: limit.map { MicroUSDC($0) },
            bytes: bytes ?? [], lastEpoch: lastEpoch, summary: summary, state: state,
            lastError: try columns.next(), createdAt: try columns.next(),
            submittedAt: try columns.next())
    }
}

extension StatementRunner {
    /// As it stands, a booking included.
    func walletTransaction(
        _ digest: TransactionDigest, of owner: WalletOwner
    ) async throws(StorageError) -> WalletTransaction? {
        let row: WalletTransactionRow? = try await first(
            """
            SELECT w.digest, w.kind, w.account_id, w.amount_micro_usdc, w.limit_micro_usdc, w.bytes,
                w.last_epoch, w.summary, CASE WHEN EXISTS (
                    SELECT FROM escrow_transactions AS e JOIN escrow_accounts AS a USING (account_id)
                     WHERE e.digest = w.digest AND a.owner = \(owner.address.bytes)
                       AND e.standing = 'booked') THEN 'confirmed' ELSE w.state END,
                w.last_error, w.created_at, w.submitted_at
              FROM wallet_transactions AS w
             WHERE w.customer_id = \(owner.customer.number) AND w.digest = \(digest.bytes)
            """)
        return row?.transaction
    }
}

extension Transaction {
    /// Keeps the newest of what never came back, so that nobody fills the table.
    func insert(
        _ built: WalletTransaction, of owner: WalletOwner
    ) async throws(StorageError) {
        let audit = owner.record(.walletTransactionBuilt, .success, built.details)
            .insertion(
                at: built.createdAt, selecting: "\(owner.session), customer_id FROM kept")
        try await execute(
            """
            WITH forgotten AS (
                DELETE FROM wallet_transactions WHERE (customer_id, digest) IN (
                    SELECT customer_id, digest FROM wallet_transactions
                     WHERE customer_id = \(owner.customer.number) AND state = 'built'
                     ORDER BY created_at DESC OFFSET 50)
            ), kept AS (
                INSERT INTO wallet_transactions (customer_id, digest, kind, account_id,
                    amount_micro_usdc, limit_micro_usdc, bytes, last_epoch, summary, state,
                    created_at)
                VALUES (\(owner.customer.number), \(built.digest.bytes), \(built.kind?.rawValue),
                    \(built.account?.bytes), \(built.amount?.units),
                    \(built.spendingLimit?.units), \(built.bytes), \(built.lastEpoch),
                    \(built.summary), 'built', \(built.createdAt))
                ON CONFLICT DO NOTHING RETURNING customer_id
            ) \(sql: audit)
            """)
    }

    /// The first good signature stays: the same bytes are sent again with it, and audited once.
    ///
    /// - Returns: false where it would open another account than one that there is, or that is
    ///   under way.
    func markSubmitted(
        _ known: WalletTransaction, of owner: WalletOwner, signature: [UInt8], at now: Timestamp
    ) async throws(StorageError) -> Bool {
        let (customer, digest) = (owner.customer.number, known.digest.bytes)
        // Who opens waits for whoever opens at the same time, and then sees it.
        if known.kind == .open {
            try await execute(
                """
                SELECT FROM wallet_transactions
                 WHERE customer_id = \(customer) AND kind = 'open' ORDER BY digest FOR UPDATE
                """)
        }
        let audit = owner.record(.walletTransactionSubmitted, .success, known.details)
            .insertion(
                at: now, selecting: "\(owner.session), customer_id FROM marked WHERE is_first")
        let count: Int? = try await value(
            """
            WITH old AS (
                SELECT customer_id, digest, signature IS NULL AS is_first
                  FROM wallet_transactions
                 WHERE customer_id = \(customer) AND digest = \(digest)
                   AND state IN ('built', 'watched', 'submitted')
                   AND NOT (kind = 'open' AND state = 'built'
                        AND (\(sql: .opening(of: customer, beside: digest))
                            OR EXISTS (SELECT FROM escrow_accounts
                                        WHERE owner = \(owner.address.bytes) AND is_primary)))
                   FOR UPDATE
            ), marked AS (
                UPDATE wallet_transactions AS w
                   SET state = 'submitted', signature = coalesce(signature, \(signature)),
                       submitted_at = coalesce(submitted_at, \(now))
                  FROM old WHERE (w.customer_id, w.digest) = (old.customer_id, old.digest)
                RETURNING w.customer_id, old.is_first
            ), audited AS (\(sql: audit))
            SELECT count(*) FROM marked
            """)
        return count == 1
    }
}

extension SQL {
    /// Whether an opening of the customer's was sent that may have run, another than `digest`.
    fileprivate static func opening(of customer: Int64, beside digest: [UInt8]) -> SQL {
        """
        EXISTS (
            SELECT FROM wallet_transactions
             WHERE customer_id = \(customer) AND kind = 'open' AND digest <> \(digest)
               AND (state = 'executed' OR state = 'submitted' AND last_epoch >= coalesce(
                    (SELECT epoch FROM processing_state WHERE name = 'follower'), 0)))
        """
    }
}

extension Database {
    func followerProgress() async throws(StorageError) -> FollowerProgressRow? {
        try await first(
            "SELECT checkpoint, updated_at FROM processing_state WHERE name = 'follower'")
    }

    func walletAccount(of owner: SuiAddress) async throws(StorageError) -> WalletAccountRow? {
        try await first(
            """
            SELECT \(sql: AccountRow.columns), a.initial_shared_version
              FROM escrow_accounts AS a WHERE a.owner = \(owner.bytes) AND a.is_primary
            """)
    }

    /// Whether an opening was sent that may have run.
    func hasOpening(under customer: CustomerID) async throws(StorageError) -> Bool {
        try await value("SELECT \(sql: .opening(of: customer.number, beside: []))") ?? false
    }

    /// Whether the follower has booked checkpoints beyond the epoch. Without one, never.
    func isPast(_ epoch: Int64?) async throws(StorageError) -> Bool {
        guard let epoch else { return false }
        return try await value(
            """
            SELECT EXISTS (
                SELECT FROM processing_state WHERE name = 'follower' AND epoch > \(epoch))
            """) ?? false
    }

    func signedWalletTransaction(
        _ digest: TransactionDigest, of customer: CustomerID
    ) async throws(StorageError) -> SignedWalletTransaction? {
        try await first(
            """
            SELECT bytes, signature FROM wallet_transactions
             WHERE customer_id = \(customer.number) AND digest = \(digest.bytes)
               AND bytes IS NOT NULL AND signature IS NOT NULL
            """)
    }

    /// - Returns: false when the wallet has as many already.
    func watch(
        _ digest: TransactionDigest, of owner: WalletOwner, limit: Int, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO wallet_transactions AS w (customer_id, digest, state, created_at,
                submitted_at)
            SELECT \(owner.customer.number), \(digest.bytes), 'watched', \(now), \(now)
             WHERE EXISTS (SELECT FROM wallet_transactions
                            WHERE customer_id = \(owner.customer.number)
                              AND digest = \(digest.bytes))
                OR (SELECT count(*) FROM wallet_transactions
                     WHERE customer_id = \(owner.customer.number) AND state = 'watched')
                    < \(limit)
            ON CONFLICT (customer_id, digest) DO UPDATE
               SET state = CASE w.state WHEN 'built' THEN 'submitted' ELSE w.state END,
                   submitted_at = coalesce(w.submitted_at, \(now))
            """) == 1
    }

    /// Never goes back: what ran has run, whoever says later that nobody knows.
    func note(
        _ state: WalletTransaction.State, _ words: String?, about digest: TransactionDigest,
        of customer: CustomerID
    ) async throws(StorageError) {
        try await execute(
            """
            UPDATE wallet_transactions SET state = \(state.rawValue), last_error = \(words)
             WHERE customer_id = \(customer.number) AND digest = \(digest.bytes)
               AND state IN ('watched', 'submitted')
            """)
    }

    /// What was handed out or named and never came to anything.
    func deleteIdleWalletTransactions(
        before moment: Timestamp, limit: Int
    ) async throws(StorageError) -> Int {
        try await execute(
            """
            DELETE FROM wallet_transactions WHERE (customer_id, digest) IN (
                SELECT customer_id, digest FROM wallet_transactions
                 WHERE state IN ('built', 'watched') AND created_at < \(moment)
                 ORDER BY created_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
            """)
    }
}
