import Determinism
import Identifiers
import Storage
import SuiProtocol

private struct MovementRow: SQLRow {
    var movement: WalletMovement

    init(from columns: inout SQLColumns) throws(StorageError) {
        let at: Timestamp = try columns.next()
        let place: [UInt8] = try columns.next()
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        guard let kind = WalletMovement.Kind(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "kind")
        }
        let amount: Int64? = try columns.next()
        let account: [UInt8]? = try columns.next()
        let balance: Int64? = try columns.next()
        let checkpoint: Int64? = try columns.next()
        guard let state = WalletTransaction.State(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "state")
        }
        movement = WalletMovement(
            digest: digest, kind: kind, amount: amount.map { MicroUSDC($0) },
            account: account.flatMap { AccountID(bytes: $0) },
            balanceAfter: balance.map { MicroUSDC($0) }, checkpoint: checkpoint, state: state,
            at: at, place: place)
    }
}

extension SQL {
    /// Booked movements of accounts of `owner`. A place is 12 bytes of the digest and 4 of the
    /// event's number: with the time, one order for all.
    fileprivate static func booked(of owner: SuiAddress) -> SQL {
        """
        SELECT e.at, substr(e.digest, 1, 12) || int4send(e.event_seq::int) AS place, e.digest,
            CASE e.kind WHEN 'opened' THEN 'open' WHEN 'deposited' THEN 'deposit'
                WHEN 'withdrawn' THEN 'withdraw' WHEN 'limit_changed' THEN 'set_spending_limit'
                WHEN 'charged' THEN 'charge' ELSE 'refund' END AS kind,
            e.amount_micro_usdc, e.account_id, e.balance_micro_usdc, e.checkpoint,
            'confirmed' AS state
          FROM escrow_accounts AS a JOIN escrow_transactions AS e USING (account_id)
         WHERE a.owner = \(owner.bytes) AND e.standing = 'booked' AND e.kind IN (
                'opened', 'deposited', 'withdrawn', 'limit_changed', 'charged', 'refunded')
        """
    }
}

extension Database {
    func movements(
        of owner: WalletOwner, before: (at: Timestamp, place: [UInt8])?, limit: Int
    ) async throws(StorageError) -> [WalletMovement] {
        let place: SQL =
            before.map { "WHERE (at, place) < (\($0.at), \($0.place))" } ?? ""
        let rows: [MovementRow] = try await rows(
            """
            SELECT * FROM (
                \(sql: .booked(of: owner.address))
                UNION ALL
                SELECT w.created_at, substr(w.digest, 1, 16), w.digest, coalesce(w.kind, 'other'),
                    coalesce(w.amount_micro_usdc, w.limit_micro_usdc), w.account_id, NULL, NULL,
                    w.state
                  FROM wallet_transactions AS w
                 WHERE w.customer_id = \(owner.customer.number) AND NOT EXISTS (
                    SELECT FROM escrow_transactions AS e JOIN escrow_accounts AS a USING (account_id)
                     WHERE e.digest = w.digest AND a.owner = \(owner.address.bytes)
                       AND e.standing = 'booked')
            ) AS all_movements \(sql: place)
             ORDER BY at DESC, place DESC LIMIT \(limit)
            """)
        return rows.map(\.movement)
    }

    func movements(
        in digest: TransactionDigest, of owner: SuiAddress
    ) async throws(StorageError) -> [WalletMovement] {
        let rows: [MovementRow] = try await rows(
            """
            SELECT * FROM (\(sql: .booked(of: owner))) AS booked
             WHERE digest = \(digest.bytes) ORDER BY place
            """)
        return rows.map(\.movement)
    }
}
