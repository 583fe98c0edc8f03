import ByteCodecs
import Storage

extension PageMaker {
    /// Invoices by state, and the newest of them.
    func invoices(_ fields: FormFields) async -> Page {
        let state = fields["state"]
        // What is no number finds nothing.
        let customer = fields["customer"].map { Int64($0) ?? -1 }
        return Page(
            title: "Invoices", lead: "What customers owe, and what became of it.",
            sections: [
                await table(
                    "states", "By state", empty: "There is no invoice yet.",
                    [
                        Column(id: "state", label: "State", format: .state, link: nil),
                        Column(id: "count", label: "Invoices", format: .number),
                        Column(id: "total", label: "Total", format: .amount),
                        Column(id: "oldestAt", label: "Oldest", format: .time),
                    ],
                    """
                    SELECT state, count(*) AS count, sum(total_micro_usdc)::bigint AS total,
                        \(sql: .utc("min(opened_at)")) AS "oldestAt"
                      FROM billing_records GROUP BY state ORDER BY state
                    """),
                .search(
                    PageSearch(
                        id: "search", path: "/invoices",
                        fields: [
                            .init(
                                name: "state", label: "State", value: state,
                                placeholder: "past_due"),
                            .init(name: "customer", label: "Customer", value: fields["customer"]),
                        ])),
                await newest(state, customer),
                .facts(
                    id: "credit", title: "Credits",
                    [
                        PageFact(
                            id: "grant", label: "For a customer who is not listed",
                            value: "Grant a credit", href: "/actions/grant-credit")
                    ]),
            ])
    }

    private func newest(_ state: String?, _ customer: Int64?) async -> PageSection {
        await table(
            "invoices", "Newest", empty: "No such invoice.",
            [
                Column(id: "id", label: "Invoice", format: .code),
                Column(id: "customer", label: "Customer", link: "/invoices?customer="),
                Column(id: "state", label: "State", format: .state),
                Column(id: "reason", label: "Because of"),
                Column(id: "total", label: "Total", format: .amount),
                Column(id: "openedAt", label: "Opened", format: .time),
                Column(id: "endedAt", label: "Ended", format: .time),
                Column(id: "charges", label: "Charges", format: .number),
                Column(id: "charge", label: "Last charge", format: .code),
            ],
            actions: [
                .init(
                    label: "Grant a credit", action: .grantCredit, field: "customer",
                    member: "customer"),
                .init(label: "Void", action: .voidInvoice, field: "invoice", member: "id"),
            ],
            """
            SELECT invoice_id AS id, customer_id AS customer, state, reason,
                total_micro_usdc AS total, \(sql: .utc("opened_at")) AS "openedAt",
                \(sql: .utc("ended_at")) AS "endedAt", charge_count AS charges,
                charge_id AS charge
              FROM billing_records
             WHERE (\(state)::text IS NULL OR state = \(state))
               AND (\(customer)::bigint IS NULL OR customer_id = \(customer))
             ORDER BY invoice_id DESC LIMIT \(Self.limit)
            """)
    }
}
