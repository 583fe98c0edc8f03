import ByteCodecs
import Storage

extension PageMaker {
    /// How far the follower has come, and what it read last.
    func chain() async -> Page {
        let tip = await tip()
        return Page(
            title: "Chain", lead: "What is booked from the chain, and how far behind it is.",
            sections: [
                await follower(tip),
                await table(
                    "events", "Newest events", empty: "No event is booked yet.",
                    [
                        Column(id: "checkpoint", label: "Checkpoint"),
                        Column(id: "at", label: "At", format: .time),
                        Column(id: "kind", label: "Event"),
                        Column(id: "standing", label: "Standing", format: .state),
                        Column(id: "amount", label: "Amount", format: .amount),
                        Column(id: "account", label: "Account", format: .code),
                    ],
                    limit: Self.newest,
                    """
                    SELECT checkpoint, \(sql: .utc("at")) AS at, kind, standing,
                        amount_micro_usdc AS amount, '0x' || encode(account_id, 'hex') AS account
                      FROM escrow_transactions ORDER BY position DESC LIMIT \(Self.newest)
                    """),
            ])
    }

    private func follower(_ tip: Int64?) async -> PageSection {
        await facts(
            "follower", "Follower",
            [
                ("checkpoint", "Booked up to checkpoint", .text), ("tip", "The chain's tip", .text),
                ("behind", "Checkpoints behind", .number), ("epoch", "Epoch", .text),
                ("bookedAt", "Last booked", .time), ("age", "That long ago", .duration),
                ("reconciled", "Reconciled up to", .text),
            ],
            """
            SELECT f.checkpoint, \(tip) AS tip,
                greatest(0, \(tip) - f.checkpoint) AS behind, f.epoch,
                \(sql: .utc("f.updated_at")) AS "bookedAt",
                \(sql: .milliseconds("clock_timestamp() - f.updated_at")) AS age,
                (SELECT checkpoint FROM processing_state WHERE name = 'reconciled')
                    AS reconciled
              FROM (SELECT) AS one LEFT JOIN processing_state AS f ON f.name = 'follower'
            """)
    }
}
