import ByteCodecs

/// A page as a tool gets it: each section under its id, values as they are stored.
enum PageJSON {
    static func body(_ page: Page) -> [UInt8] {
        var members: [(String, JSONValue)] = [("title", .string(page.title))]
        if let notice = page.notice { members.append(("notice", .string(notice))) }
        for section in page.sections {
            if let value = value(section) { members.append((section.id, value)) }
        }
        return JSONValue.object(JSONObject(members)).serialized()
    }

    private static func value(_ section: PageSection) -> JSONValue? {
        switch section {
        case .facts(_, _, let facts):
            .object(JSONObject(facts.map { ($0.id, $0.value) }))
        case .table(let table):
            ["rows": .array(table.rows), "next": table.next.map(JSONValue.string) ?? .null]
        case .chart(let chart):
            .array(
                chart.bars.map { bar in
                    ["label": .string(bar.label), "value": .integer(bar.value)]
                })
        case .search: nil
        }
    }
}
