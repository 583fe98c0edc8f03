import ByteCodecs
import Identifiers
import Storage

extension PageMaker {
    private static func rows(where condition: SQL, _ order: SQL) -> SQL {
        """
        SELECT approval_id AS id,
            CASE WHEN needs_approval AND decided_by IS NULL THEN approval_id END AS undecided, action, fields, amount_micro_usdc AS amount,
            asked_by AS "askedBy", \(sql: .utc("asked_at")) AS "askedAt",
            decided_by AS "decidedBy", \(sql: .utc("decided_at")) AS "decidedAt",
            CASE WHEN is_refused THEN 'refused' WHEN done_at IS NOT NULL THEN 'done'
                 WHEN decided_by IS NOT NULL OR NOT needs_approval THEN 'unfinished'
                 ELSE 'waiting' END AS state, outcome
          FROM approvals WHERE \(sql: condition) \(sql: order)
        """
    }

    /// What a request is about, for whoever decides on it; empty where there is none that waits.
    func request(_ id: String?) async -> [PageFact] {
        guard let id = id.flatMap({ UUIDv7($0) }) else { return [] }
        let number = SQLUUID(bytes: id.bytes)
        let query = Self.rows(where: "approval_id = \(number) AND done_at IS NULL", "LIMIT 1")
        guard let found = try? await database.object(query), !found.members.isEmpty else {
            return []
        }
        func fact(_ id: String, _ label: String, _ format: PageFormat) -> PageFact {
            PageFact(id: id, label: label, value: found[id] ?? .null, format: format)
        }
        return [
            fact("action", "What", .text), fact("amount", "Amount", .amount),
            fact("fields", "Of what", .details), fact("askedBy", "Asked by", .text),
            fact("askedAt", "Asked", .time),
        ]
    }

    /// What needs a second operator, and what came of it.
    func approvals() async -> Page {
        let columns = [
            Column(id: "action", label: "What"),
            Column(id: "amount", label: "Amount", format: .amount),
            Column(id: "fields", label: "Of what", format: .details),
            Column(id: "askedBy", label: "Asked by"),
            Column(id: "askedAt", label: "Asked", format: .time),
            Column(id: "state", label: "State", format: .state),
        ]
        return Page(
            title: "Approvals",
            lead: "Above the limit, what moves money needs somebody other than who asked.",
            sections: [
                await table(
                    "open", "Waiting",
                    note: "What is unfinished was cut off. To approve it finishes it, once.",
                    empty: "Nothing waits for approval.", columns,
                    actions: [
                        .init(label: "Approve", action: .approve, field: "approval", member: "id"),
                        .init(
                            label: "Refuse", action: .refuse, field: "approval",
                            member: "undecided"),
                    ],
                    Self.rows(
                        where: "done_at IS NULL AND NOT is_refused",
                        "ORDER BY asked_at LIMIT \(Self.limit)")),
                await table(
                    "decided", "Decided", empty: "Nothing was decided yet.",
                    columns + [
                        Column(id: "decidedBy", label: "Decided by"),
                        Column(id: "outcome", label: "Came of it"),
                    ],
                    limit: Self.newest,
                    Self.rows(
                        where: "done_at IS NOT NULL OR is_refused",
                        "ORDER BY asked_at DESC LIMIT \(Self.newest)")),
            ])
    }
}
