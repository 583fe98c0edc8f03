import ByteCodecs
import Storage

extension PageMaker {
    private static let byOperator: SQL = "state = 'suspended_by_operator'"

    /// Who stopped it last, and why; rows of `service_instances AS i` have them where it is so.
    private static let suspension: SQL = """
        LEFT JOIN LATERAL (
            SELECT details->>'operator' AS person, details->>'because' AS because
              FROM audit_log
             WHERE i.\(sql: byOperator) AND customer_id = i.customer_id
               AND action = 'service_suspended_by_operator'
               AND details->>'service' = i.service_type
             ORDER BY audit_id DESC LIMIT 1) AS s ON true
        """

    /// What customers have of the services, and what an operator can stop.
    func services(_ fields: FormFields) async -> Page {
        let state = fields["state"]
        // What is no number finds nothing.
        let customer = fields["customer"].map { Int64($0) ?? -1 }
        return Page(
            title: "Services",
            lead: "What customers have. What an operator suspends only an operator lifts.",
            sections: [
                await table(
                    "states", "By state", empty: "No customer has chosen anything yet.",
                    [
                        Column(id: "service", label: "Service"),
                        Column(
                            id: "state", label: "State", format: .state, link: "/services?state="),
                        Column(id: "count", label: "Customers", format: .number),
                    ],
                    """
                    SELECT service_type AS service, state, count(*) AS count
                      FROM service_instances GROUP BY service_type, state
                     ORDER BY service_type, state
                    """),
                .search(
                    PageSearch(
                        id: "search", path: "/services",
                        fields: [
                            .init(name: "customer", label: "Customer", value: fields["customer"]),
                            .init(
                                name: "state", label: "State", value: state,
                                placeholder: "suspended_by_operator"),
                        ])),
                await instances(state, customer),
            ])
    }

    private func instances(_ state: String?, _ customer: Int64?) async -> PageSection {
        await table(
            "services", "By customer", empty: "No such service.",
            [
                Column(id: "customer", label: "Customer", link: "/audit?customer="),
                Column(id: "service", label: "Service"),
                Column(id: "state", label: "State", format: .state),
                Column(id: "tier", label: "Tier"),
                Column(id: "changedAt", label: "Changed", format: .time),
                Column(id: "suspendedBy", label: "Suspended by"),
                Column(id: "because", label: "Because"),
            ],
            actions: [
                .init(
                    label: "Suspend", action: .suspendService,
                    fields: [("customer", "customer"), ("service", "stoppable")]),
                .init(
                    label: "Lift", action: .liftSuspension,
                    fields: [("customer", "customer"), ("service", "liftable")]),
            ],
            """
            SELECT i.customer_id AS customer, i.service_type AS service, i.state, i.tier,
                \(sql: .utc("i.changed_at")) AS "changedAt", s.person AS "suspendedBy", s.because,
                CASE WHEN i.state NOT IN ('not_provisioned', 'suspended_by_operator')
                     THEN i.service_type END AS stoppable,
                CASE WHEN i.\(sql: Self.byOperator) THEN i.service_type END AS liftable
              FROM (
                SELECT customer_id, service_type, state, tier, changed_at FROM service_instances
                 WHERE (\(state)::text IS NULL OR state = \(state))
                   AND (\(customer)::bigint IS NULL OR customer_id = \(customer))
                 ORDER BY customer_id, service_type LIMIT \(Self.limit)) AS i
              \(sql: Self.suspension)
             ORDER BY i.customer_id, i.service_type
            """)
    }

    /// What is to be known of a service before an operator stops or frees it; empty where there is
    /// none.
    func service(_ fields: FormFields) async -> [PageFact] {
        guard let customer = Int64(fields["customer"] ?? ""), let service = fields["service"],
            let found = try? await database.object(
                """
                SELECT i.state, i.tier, \(sql: .utc("i.changed_at")) AS "changedAt",
                    (SELECT count(*) FROM api_keys AS k
                      WHERE k.customer_id = i.customer_id AND k.service_type = i.service_type
                        AND k.state = 'active') AS keys, s.person, s.because
                  FROM service_instances AS i \(sql: Self.suspension)
                 WHERE i.customer_id = \(customer) AND i.service_type = \(service)
                """), !found.members.isEmpty
        else { return [] }
        let facts: [PageFact] = [
            .init(id: "state", label: "State", value: found["state"] ?? .null),
            .init(
                id: "changedAt", label: "Since", value: found["changedAt"] ?? .null, format: .time),
            .init(id: "tier", label: "Tier", value: found["tier"] ?? .null),
            .init(id: "keys", label: "Active keys", value: found["keys"] ?? .null, format: .number),
            .init(id: "person", label: "Suspended by", value: found["person"] ?? .null),
            .init(id: "because", label: "Because", value: found["because"] ?? .null),
        ]
        return facts.filter { $0.value != .null }
    }
}
