import ByteCodecs
import Storage

extension PageMaker {
    /// What happened, who did it, from where: found by exact values, the newest first.
    func audit(_ fields: FormFields) async -> Page {
        let names: [(name: String, label: String)] = [
            ("action", "Action"), ("customer", "Customer"), ("operator", "Operator"),
            ("ip", "Address"), ("request", "Request"), ("outcome", "Outcome"),
        ]
        let inputs = names.map {
            PageSearch.Field(name: $0.name, label: $0.label, value: fields[$0.name])
        }
        let before = fields["before"].flatMap { Int64($0) } ?? .max
        let rows: [JSONValue]
        do throws(StorageError) {
            rows = try await database.objects(Self.query(fields, before: before))
        } catch {
            return page(
                inputs, .failed(id: "records", title: "Records", words: "\(Self.away): \(error)."))
        }
        var next: String?
        if rows.count == Self.limit, case .object(let last)? = rows.last,
            case .integer(let id)? = last["id"]
        {
            let kept = names.compactMap { name in
                fields[name.name].map { (name: name.name, value: $0) }
            }
            next = "/audit?" + FormFields.encoded(kept + [("before", "\(id)")])
        }
        let table = PageTable(
            id: "records", title: "Records",
            columns: [
                Column(id: "at", label: "At", format: .time),
                Column(id: "action", label: "Action", link: "/audit?action="),
                Column(id: "outcome", label: "Outcome", format: .state),
                Column(id: "reason", label: "Reason"),
                Column(id: "customer", label: "Customer", link: "/audit?customer="),
                Column(id: "ip", label: "From"),
                Column(id: "details", label: "Details", format: .details),
            ], rows: rows, empty: "No such record.", next: next, isCut: next != nil)
        return page(inputs, .table(table))
    }

    private func page(_ inputs: [PageSearch.Field], _ records: PageSection) -> Page {
        Page(
            title: "Audit", lead: "What happened, who did it, from where. Nothing here can change.",
            sections: [
                .search(PageSearch(id: "search", path: "/audit", fields: inputs)), records,
            ])
    }

    private static func query(_ fields: FormFields, before: Int64) -> SQL {
        let customer = fields["customer"].map { Int64($0) ?? -1 }
        return """
            SELECT audit_id AS id, \(sql: .utc("at")) AS at, action, outcome, reason,
                customer_id AS customer, wallet_address AS wallet, ip, request_id AS request,
                details
              FROM audit_log
             WHERE audit_id < \(before)
               AND (\(fields["action"])::text IS NULL OR action = \(fields["action"]))
               AND (\(customer)::bigint IS NULL OR customer_id = \(customer))
               AND (\(fields["ip"])::text IS NULL OR ip = \(fields["ip"]))
               AND (\(fields["request"])::text IS NULL OR request_id = \(fields["request"]))
               AND (\(fields["outcome"])::text IS NULL OR outcome = \(fields["outcome"]))
               AND \(sql: fields["operator"].map(done(by:)) ?? "true")
             ORDER BY audit_id DESC LIMIT \(limit)
            """
    }

    /// Few records of all are of operators, and have an index of their own.
    private static func done(by person: String) -> SQL {
        """
        details ? 'operator' AND (details->>'operator' = \(person)
            OR details->'operator'->>'name' = \(person)
            OR details->'operator'->>'user' = \(person)
            OR details->'operator'->>'login' = \(person))
        """
    }
}
