import ByteCodecs
import Observability
import Storage

extension PageMaker {
    /// What `/ready` says, and how much waits everywhere.
    func health() async -> Page {
        let report = await report()
        let checks = report.checks.map { check -> JSONValue in
            [
                "check": .string(check.name), "state": .string(check.state.name),
                "reason": check.state.reason.map(JSONValue.string) ?? .null,
            ]
        }
        let state = PageTable(
            id: "checks", title: "Checks",
            columns: [
                Column(id: "check", label: "Part"),
                Column(id: "state", label: "State", format: .state),
                Column(id: "reason", label: "Why"),
            ], rows: checks)
        return Page(
            title: "Health",
            lead: report.isLeading
                ? "This process leads." : "This process waits; another one may lead.",
            sections: [
                .facts(
                    id: "status", title: "This process",
                    [
                        PageFact(
                            id: "status", label: "Status", value: .string(report.status),
                            format: .state),
                        PageFact(
                            id: "role", label: "Role",
                            value: .string(report.isLeading ? "leading" : "standby"),
                            format: .state),
                    ]),
                .table(state), await leader(), await waiting(),
            ])
    }

    private func leader() async -> PageSection {
        await facts(
            "leader", "The leader",
            [
                ("holder", "Process", .text), ("generation", "Generation", .text),
                ("renewedAt", "Last sign of life", .time), ("isArmed", "Charging armed", .state),
            ],
            """
            SELECT holder, counter AS generation, \(sql: .utc("renewed_at")) AS "renewedAt",
                armed_counter IS NOT DISTINCT FROM counter AS "isArmed"
              FROM leader_generation
            """)
    }

    private func waiting() async -> PageSection {
        await facts(
            "waiting", "What waits",
            [
                ("charges", "Charges under way", .number),
                ("unmeteredBatches", "Batches not metered", .number),
                ("quarantine", "Lines in quarantine", .number),
                ("lostLines", "Lines lost within 7 days", .number),
                ("unsettledInvoices", "Invoices not settled", .number),
                ("pastDueInvoices", "Invoices past due", .number),
                ("openBreaks", "Open breaks", .number),
                ("approvals", "Waiting for approval", .number),
            ],
            hrefs: [
                "charges": "/charges", "unmeteredBatches": "/metering",
                "quarantine": "/quarantine", "lostLines": "/metering",
                "unsettledInvoices": "/invoices", "pastDueInvoices": "/invoices?state=past_due",
                "openBreaks": "/breaks", "approvals": "/approvals",
            ],
            """
            SELECT (SELECT count(*) FROM charges WHERE state IN ('planned', 'signed')) AS charges,
                (SELECT count(*) FROM log_batches WHERE metered_at IS NULL) AS "unmeteredBatches",
                (SELECT count(*) FROM log_quarantine WHERE replayed_at IS NULL) AS quarantine,
                (SELECT coalesce(sum(lost), 0)::bigint FROM log_gaps
                  WHERE found_at > now() - interval '7 days') AS "lostLines",
                (SELECT count(*) FROM billing_records
                  WHERE state IN ('open', 'closed', 'charging', 'past_due')) AS "unsettledInvoices",
                (SELECT count(*) FROM billing_records WHERE state = 'past_due')
                    AS "pastDueInvoices",
                (SELECT count(*) FROM escrow_breaks WHERE resolved_at IS NULL)
                    + (SELECT count(*) FROM reconciliation_breaks WHERE resolved_at IS NULL)
                    AS "openBreaks",
                (SELECT count(*) FROM approvals
                  WHERE done_at IS NULL AND needs_approval AND NOT is_refused) AS approvals
            """)
    }
}
