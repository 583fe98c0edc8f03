import Audit
import ByteCodecs
import Determinism
import Identifiers
import Storage
import SuiProtocol

/// A stored event in the order of its account's history.
struct HistoryRow: SQLRow {
    var id: EventID
    var checkpoint: Int64
    var at: Timestamp
    var name: String
    var bcs: [UInt8]

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        id = EventID(transaction: digest, sequence: try columns.next())
        checkpoint = try columns.next()
        at = try columns.next()
        name = try columns.next()
        bcs = try columns.next()
    }
}

struct EntryKeyRow: SQLRow {
    var event: EventID
    var leg: Int64
    var purpose: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        event = EventID(transaction: digest, sequence: try columns.next())
        leg = try columns.next()
        purpose = try columns.next()
    }
}

enum RepairPages {
    static let history: SQL = "FETCH 1000 FROM repaired_history"
}

extension Transaction {
    func openHistory(of account: AccountID) async throws(StorageError) {
        try await execute(
            """
            DECLARE repaired_history NO SCROLL CURSOR FOR
            SELECT digest, event_seq, checkpoint, at, name, bcs FROM escrow_transactions
             WHERE account_id = \(account.bytes) ORDER BY checkpoint, position
            """)
    }

    func checkpoints(
        of account: AccountID, among checkpoints: [Int64]
    ) async throws(StorageError) -> Set<Int64> {
        let rows: [SQLScalar<Int64>] = try await rows(
            """
            SELECT DISTINCT checkpoint FROM escrow_transactions
             WHERE account_id = \(account.bytes) AND checkpoint = ANY(\(checkpoints))
            """)
        return Set(rows.map(\.value))
    }

    func closeHistory() async throws(StorageError) { try await execute("CLOSE repaired_history") }

    /// Stored events that move money and of which nothing stands in the ledger.
    func unpostedEvents(of account: AccountID) async throws(StorageError) -> [HistoryRow] {
        try await rows(
            """
            SELECT e.digest, e.event_seq, e.checkpoint, e.at, e.name, e.bcs
              FROM escrow_transactions AS e
             WHERE e.account_id = \(account.bytes) AND e.amount_micro_usdc > 0
               AND e.kind IN ('deposited', 'withdrawn', 'charged', 'refunded')
               AND NOT EXISTS (
                    SELECT FROM ledger_entries AS l
                     WHERE l.digest = e.digest AND l.event_seq = e.event_seq
                       AND l.purpose IN ('deposit', 'withdrawal', 'charge', 'refund'))
             ORDER BY e.checkpoint, e.position LIMIT 10000
            """)
    }

    func entryKeys(of events: [EventID]) async throws(StorageError) -> [EntryKeyRow] {
        try await rows(
            """
            SELECT digest, event_seq, leg, purpose FROM ledger_entries
             WHERE digest = ANY(\(events.map(\.transaction.bytes)))
            """)
    }

    /// Charges of the account whose money is still set aside.
    func openHolds(of account: AccountID) async throws(StorageError) -> Set<ChargeID> {
        let rows: [ChargeIDRow] = try await rows(
            """
            SELECT h.charge_id FROM ledger_entries AS h
             WHERE h.account_id = \(account.bytes) AND h.purpose = 'hold' AND NOT EXISTS (
                SELECT FROM ledger_entries AS x
                 WHERE x.charge_id = h.charge_id AND x.debit_account LIKE 'held/%')
            """)
        return Set(rows.map(\.id))
    }

    /// What the ledger has on an account, free and set aside.
    func ledgerSums(
        of account: AccountID
    ) async throws(StorageError) -> AccountComparison.Sums? {
        try await openAccounts(among: [account])
        let rows: [SummedAccountRow] = try await rows(ReconciliationPages.accounts)
        try await execute("CLOSE reconciled_accounts")
        return rows.first?.sums
    }

    /// Writes a mirror as its events make it.
    func rebuild(
        _ mirror: AccountMirror, held: Int64, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            UPDATE escrow_accounts
               SET balance_micro_usdc = \(mirror.balance.units), sequence = \(mirror.sequence),
                   spending_limit_micro_usdc = \(mirror.spendingLimit.units),
                   period_start = \(mirror.periodStart),
                   period_charged_micro_usdc = \(mirror.periodCharged.units),
                   held_micro_usdc = \(held), frozen_for = \(mirror.freeze?.rawValue),
                   frozen_at = CASE WHEN \(mirror.freeze?.rawValue) IS NOT NULL
                        THEN coalesce(frozen_at, \(now)) END
             WHERE account_id = \(mirror.id.bytes)
            """)
    }

    /// An adjustment has a break beside it; this one is settled as it is made.
    func insertSettledBreak(
        _ event: EventID, on account: AccountID, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO escrow_breaks (class, account_id, digest, event_seq, raised_at, resolved_at)
            VALUES (\(BreakClass.balance.rawValue), \(account.bytes), \(event.transaction.bytes),
                \(event.sequence), \(now), \(now))
            ON CONFLICT DO NOTHING
            """)
    }

    func record(_ deed: RepairDeed, at now: Timestamp) async throws(StorageError) {
        let record = AuditRecord(
            action: .escrowRepaired, outcome: .success, reason: deed.kind.rawValue,
            details: [
                "account": deed.account.map { .string($0.description) } ?? .null,
                "digest": deed.event.map { .string($0.transaction.description) } ?? .null,
                "eventSequence": deed.event.map { .integer($0.sequence) } ?? .null,
                "detail": .string(deed.detail),
            ])
        try await execute(record.insertion(at: now))
    }
}
