import Determinism
import Identifiers
import Storage
import SuiProtocol

struct OwnerRow: SQLRow {
    var owner: SuiAddress

    init(from columns: inout SQLColumns) throws(StorageError) {
        owner = try columns.nextAddress()
    }
}

extension StatementRunner {
    func account(_ id: AccountID) async throws(StorageError) -> AccountRow? {
        try await first(
            """
            SELECT \(sql: AccountRow.columns) FROM escrow_accounts AS a
             WHERE a.account_id = \(id.bytes)
            """)
    }

    /// The account that a customer is charged on, with what is held on it.
    func primaryAccount(of customer: CustomerID) async throws(StorageError) -> AccountRow? {
        try await first(
            """
            SELECT \(sql: AccountRow.columns) FROM escrow_accounts AS a
              JOIN customers AS c ON c.wallet_address = a.owner
             WHERE c.customer_id = \(customer.number) AND a.is_primary
            """)
    }
}

extension Transaction {
    func lockAccount(of customer: CustomerID) async throws(StorageError) -> AccountRow? {
        try await first(
            """
            SELECT \(sql: AccountRow.columns) FROM escrow_accounts AS a
              JOIN customers AS c ON c.wallet_address = a.owner
             WHERE c.customer_id = \(customer.number) AND a.is_primary
               FOR UPDATE OF a
            """)
    }

    /// In one order for everybody, so that no two wait for each other.
    func lockAccounts(_ ids: [AccountID]) async throws(StorageError) -> [AccountRow] {
        try await rows(
            """
            SELECT \(sql: AccountRow.columns) FROM escrow_accounts AS a
             WHERE a.account_id = ANY(\(ids.map(\.bytes)))
             ORDER BY a.account_id FOR UPDATE
            """)
    }

    func ownersWithAccount(
        among owners: [SuiAddress]
    ) async throws(StorageError) -> Set<SuiAddress> {
        let rows: [OwnerRow] = try await rows(
            """
            SELECT owner FROM escrow_accounts
             WHERE owner = ANY(\(owners.map(\.bytes))) AND is_primary
            """)
        return Set(rows.map(\.owner))
    }

    func insertAccount(
        _ mirror: AccountMirror, _ opening: AccountOpening, of event: ChainEvent
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,
                initial_shared_version, spending_limit_micro_usdc, period_start, opened_at,
                checkpoint)
            VALUES (\(mirror.id.bytes), \(opening.owner.bytes), \(opening.operator.bytes),
                \(opening.tracker.bytes), \(mirror.isPrimary), \(event.objectVersion),
                \(opening.spendingLimit.units), \(opening.openedAt), \(opening.openedAt),
                \(event.checkpoint))
            """)
    }

    /// - Parameter held: by how much what is held changes.
    func update(
        _ mirrors: [AccountMirror], held: [AccountID: Int64], checkpoint: Int64, at now: Timestamp
    ) async throws(StorageError) {
        guard !mirrors.isEmpty else { return }
        try await execute(
            """
            UPDATE escrow_accounts AS a
               SET balance_micro_usdc = m.balance, spending_limit_micro_usdc = m.spending_limit,
                   period_start = 'epoch'::timestamptz + m.period_start * interval '1 millisecond',
                   period_charged_micro_usdc = m.period_charged, sequence = m.sequence,
                   held_micro_usdc = a.held_micro_usdc + m.held,
                   frozen_for = NULLIF(m.frozen_for, ''),
                   frozen_at = CASE WHEN m.frozen_for <> '' THEN coalesce(a.frozen_at, \(now)) END,
                   checkpoint = \(checkpoint)
              FROM unnest(\(mirrors.map(\.id.bytes)), \(mirrors.map(\.balance.units)),
                    \(mirrors.map(\.spendingLimit.units)),
                    \(mirrors.map(\.periodStart.milliseconds)),
                    \(mirrors.map(\.periodCharged.units)), \(mirrors.map(\.sequence)),
                    \(mirrors.map { held[$0.id] ?? 0 }),
                    \(mirrors.map { $0.freeze?.rawValue ?? "" }))
                   AS m (id, balance, spending_limit, period_start, period_charged, sequence, held,
                        frozen_for)
             WHERE a.account_id = m.id
            """)
    }
}
