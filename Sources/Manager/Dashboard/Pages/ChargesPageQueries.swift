import ByteCodecs
import Storage

extension PageMaker {
    private static var columns: [Column] {
        [
            Column(id: "id", label: "Operation", format: .code),
            Column(id: "kind", label: "Kind"),
            Column(id: "state", label: "State", format: .state),
            Column(id: "customer", label: "Customer", link: "/audit?customer="),
            Column(id: "amount", label: "Amount", format: .amount),
            Column(id: "plannedAt", label: "Planned", format: .time),
            Column(id: "age", label: "Waits", format: .duration),
            Column(id: "attempts", label: "Tries", format: .number),
            Column(id: "error", label: "Last error"),
        ]
    }

    private static var settledColumns: [Column] {
        [
            Column(id: "id", label: "Charge", format: .code),
            Column(id: "customer", label: "Customer", link: "/audit?customer="),
            Column(id: "amount", label: "Amount", format: .amount),
            Column(id: "plannedAt", label: "Planned", format: .time),
            Column(id: "endedAt", label: "Settled", format: .time),
        ]
    }

    private static var retry: [PageTable.RowAction] {
        [.init(label: "Ask again", action: .retryCharge, field: "charge", member: "signed")]
    }

    private static func rows(where condition: SQL, _ order: SQL) -> SQL {
        """
        SELECT charge_id AS id, CASE state WHEN 'signed' THEN charge_id END AS signed, kind,
            state, customer_id AS customer,
            amount_micro_usdc AS amount, \(sql: .utc("planned_at")) AS "plannedAt",
            \(sql: .utc("ended_at")) AS "endedAt",
            \(sql: .milliseconds("clock_timestamp() - coalesce(signed_at, planned_at)")) AS age,
            attempts, last_error AS error
          FROM charges WHERE \(sql: condition) \(sql: order)
        """
    }

    /// The engine's queue, and what in it does not move.
    func charges() async -> Page {
        Page(
            title: "Charges",
            lead: "What the engine has before it. Asking again never signs anything new.",
            sections: [
                await table(
                    "states", "By state", note: "What ended within 24 hours is counted, too.",
                    empty: "Nothing is under way, and nothing has ended within 24 hours.",
                    [
                        Column(id: "kind", label: "Kind"),
                        Column(id: "state", label: "State", format: .state),
                        Column(id: "count", label: "Operations", format: .number),
                        Column(id: "amount", label: "Amount", format: .amount),
                        Column(id: "oldestAt", label: "Oldest", format: .time),
                    ],
                    """
                    SELECT kind, state, count(*) AS count, sum(amount_micro_usdc)::bigint AS amount,
                        \(sql: .utc("min(planned_at)")) AS "oldestAt"
                      FROM charges WHERE state IN ('planned', 'signed')
                        OR ended_at > now() - interval '24 hours'
                     GROUP BY kind, state ORDER BY kind, state
                    """),
                await table(
                    "stuck", "Stuck",
                    note: "Signed more than 5 minutes ago, or planned more than 10.",
                    empty: "None is stuck.", Self.columns, actions: Self.retry,
                    Self.rows(
                        where: """
                            state = 'signed' AND signed_at < now() - interval '5 minutes'
                                OR state = 'planned' AND planned_at < now() - interval '10 minutes'
                            """, "ORDER BY planned_at LIMIT \(Self.limit)")),
                await table(
                    "queue", "Queue", empty: "Nothing is under way.", Self.columns,
                    actions: Self.retry,
                    Self.rows(
                        where: "state IN ('planned', 'signed')",
                        "ORDER BY charge_id LIMIT \(Self.limit)")),
                await table(
                    "settled", "Settled last", empty: "No charge has settled yet.",
                    Self.settledColumns,
                    actions: [
                        .init(label: "Refund", action: .refund, field: "charge", member: "id")
                    ],
                    limit: Self.newest,
                    Self.rows(
                        where: "state = 'settled' AND kind = 'charge'",
                        "ORDER BY charge_id DESC LIMIT \(Self.newest)")),
                .facts(
                    id: "refund", title: "Refunds",
                    [
                        PageFact(
                            id: "any", label: "Of a charge that is not listed",
                            value: "Refund a charge",
                            href: "/actions/refund")
                    ]),
            ])
    }
}
