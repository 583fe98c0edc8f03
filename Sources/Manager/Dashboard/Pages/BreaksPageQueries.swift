import ByteCodecs
import Storage

extension PageMaker {
    /// What does not fit together.
    func breaks() async -> Page {
        Page(
            title: "Breaks",
            lead: "What chain, ledger and charges do not agree about. The chain's figures count.",
            sections: [
                await table(
                    "reconciliation", "Found by reconciliation", empty: "Everything fits.",
                    [
                        Column(id: "class", label: "Class"), Column(id: "what", label: "What"),
                        Column(id: "account", label: "Account", format: .code),
                        Column(id: "charge", label: "Charge", format: .code),
                        Column(id: "expected", label: "Expected"),
                        Column(id: "found", label: "Found"),
                        Column(id: "since", label: "Since", format: .time),
                        Column(id: "nextStep", label: "What to do"),
                    ],
                    """
                    SELECT break_id AS id, class, what, account, digest, charge, expected, found,
                        \(sql: .utc("first_found_at")) AS since, next_step AS "nextStep"
                      FROM reconciliation_breaks WHERE resolved_at IS NULL
                     ORDER BY break_id LIMIT \(Self.limit)
                    """),
                await table(
                    "frozen", "Raised when booking: their accounts are charged no more",
                    empty: "No account is frozen.",
                    [
                        Column(id: "id", label: "Number"), Column(id: "class", label: "Class"),
                        Column(id: "account", label: "Account", format: .code),
                        Column(id: "balance", label: "Balance", format: .amount),
                        Column(id: "raisedAt", label: "Raised", format: .time),
                    ],
                    actions: [
                        .init(label: "Accept", action: .acceptBreak, field: "break", member: "id")
                    ],
                    """
                    SELECT b.break_id AS id, b.class,
                        '0x' || encode(b.account_id, 'hex') AS account,
                        a.balance_micro_usdc AS balance, \(sql: .utc("b.raised_at")) AS "raisedAt"
                      FROM escrow_breaks AS b
                      LEFT JOIN escrow_accounts AS a ON a.account_id = b.account_id
                     WHERE b.resolved_at IS NULL ORDER BY b.break_id LIMIT \(Self.limit)
                    """),
            ])
    }
}
