import Determinism
import Identifiers
public import Storage

extension OpenBreak: SQLRow {
    static let columns: SQL =
        "b.break_id, b.class, b.account_id, b.digest, b.event_seq, b.raised_at"

    public init(from columns: inout SQLColumns) throws(StorageError) {
        number = try columns.next()
        name = try columns.next()
        account = try columns.nextAccountID()
        event = try columns.nextEventID()
        raisedAt = try columns.next()
    }
}

extension StatementRunner {
    func unacceptedBreaks() async throws(StorageError) -> [OpenBreak] {
        try await rows(
            """
            SELECT \(sql: OpenBreak.columns) FROM escrow_breaks AS b
             WHERE b.resolved_at IS NULL ORDER BY b.break_id LIMIT 10000
            """)
    }
}

extension Transaction {
    func openBreak(_ number: Int64) async throws(StorageError) -> OpenBreak? {
        try await first(
            """
            SELECT \(sql: OpenBreak.columns) FROM escrow_breaks AS b
             WHERE b.break_id = \(number) AND b.resolved_at IS NULL
            """)
    }

    /// - Returns: false where somebody else has.
    func resolveBreak(_ number: Int64, at now: Timestamp) async throws(StorageError) -> Bool {
        try await execute(
            """
            UPDATE escrow_breaks SET resolved_at = \(now)
             WHERE break_id = \(number) AND resolved_at IS NULL
            """) == 1
    }

    func openBreakCount(of account: AccountID) async throws(StorageError) -> Int {
        try await value(
            """
            SELECT count(*) FROM escrow_breaks
             WHERE account_id = \(account.bytes) AND resolved_at IS NULL
            """) ?? 0
    }

    func thaw(_ id: AccountID) async throws(StorageError) {
        try await execute(
            """
            UPDATE escrow_accounts SET frozen_for = NULL, frozen_at = NULL
             WHERE account_id = \(id.bytes)
            """)
    }
}
