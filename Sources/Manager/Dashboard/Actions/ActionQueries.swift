import ByteCodecs
import Determinism
import Identifiers
import Storage

struct ApprovalRow: SQLRow {
    var name: String
    var fields: JSONValue
    var needsApproval: Bool
    var askedBy: String
    var decidedBy: String?
    var isRefused: Bool
    var outcome: String?

    init(from columns: inout SQLColumns) throws(StorageError) {
        name = try columns.next()
        fields = try columns.next()
        needsApproval = try columns.next()
        askedBy = try columns.next()
        decidedBy = try columns.next()
        isRefused = try columns.next()
        outcome = try columns.next()
    }
}

extension Transaction {
    /// - Returns: false where no such operation is signed and without outcome.
    func askForRetry(
        of id: ChargeID, by person: String, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        let id = SQLUUID(bytes: id.uuid.bytes)
        return try await execute(
            """
            INSERT INTO charge_retries (charge_id, asked_at, asked_by)
            SELECT charge_id, \(now), \(person) FROM charges
             WHERE charge_id = \(id) AND state = 'signed'
                ON CONFLICT (charge_id) DO UPDATE SET asked_at = excluded.asked_at
            """) == 1
    }

    func approval(_ id: SQLUUID) async throws(StorageError) -> ApprovalRow? {
        try await first(
            """
            SELECT action, fields, needs_approval, asked_by, decided_by, is_refused, outcome
              FROM approvals WHERE approval_id = \(id) FOR UPDATE
            """)
    }

    /// What somebody asked for that needed nobody else, in micro-USDC; others of the same person's
    /// wait until the end.
    func movedAlone(by person: String, since: Timestamp) async throws(StorageError) -> Int64 {
        try await execute("SELECT FROM operators WHERE name = \(person) FOR NO KEY UPDATE")
        return try await value(
            """
            SELECT least(coalesce(sum(amount_micro_usdc), 0), 9223372036854775807)::bigint
              FROM approvals
             WHERE asked_by = \(person) AND asked_at > \(since) AND NOT needs_approval
               AND action <> 'accept_break' AND NOT is_failed
            """) ?? 0
    }

    /// - Returns: false where there is one of that number.
    func insertApproval(
        _ id: SQLUUID, _ deed: Deed, amount: Int64, needsApproval: Bool, by person: String,
        at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            INSERT INTO approvals (approval_id, action, fields, amount_micro_usdc, needs_approval,
                asked_by, asked_at)
            VALUES (\(id), \(deed.name), \(deed.fields), \(amount), \(needsApproval), \(person),
                \(now)) ON CONFLICT (approval_id) DO NOTHING
            """) == 1
    }

    func decideApproval(
        _ id: SQLUUID, isRefused: Bool, by person: String, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            UPDATE approvals
               SET decided_by = \(person), decided_at = \(now), is_refused = \(isRefused)
             WHERE approval_id = \(id) AND decided_by IS NULL
            """)
    }

    /// - Returns: false where its outcome was written before.
    func endApproval(
        _ id: SQLUUID, outcome: String, isFailed: Bool, at now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await execute(
            """
            UPDATE approvals SET done_at = \(now), outcome = \(outcome), is_failed = \(isFailed)
             WHERE approval_id = \(id) AND done_at IS NULL AND NOT is_refused
            """) == 1
    }

    /// What an open break's account has on chain: what accepting it lets be charged.
    func balanceBehindBreak(_ number: Int64) async throws(StorageError) -> Int64? {
        try await value(
            """
            SELECT coalesce(a.balance_micro_usdc, 0) FROM escrow_breaks AS b
              LEFT JOIN escrow_accounts AS a ON a.account_id = b.account_id
             WHERE b.break_id = \(number) AND b.resolved_at IS NULL
            """)
    }
}

struct RetryRow: SQLRow {
    var id: SQLUUID

    init(from columns: inout SQLColumns) throws(StorageError) {
        id = try columns.next()
    }
}

extension Database {
    func chargesToRetry() async throws(StorageError) -> [ChargeID] {
        let found: [RetryRow] = try await rows(
            "SELECT charge_id FROM charge_retries ORDER BY asked_at LIMIT 1000")
        return found.compactMap { UUIDv7(bytes: $0.id.bytes).map(ChargeID.init) }
    }

    func forgetRetry(of id: ChargeID) async throws(StorageError) {
        let id = SQLUUID(bytes: id.uuid.bytes)
        try await execute("DELETE FROM charge_retries WHERE charge_id = \(id)")
    }
}
