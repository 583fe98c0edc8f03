import ByteCodecs
import Identifiers

/// A page as a tool gets it: each section under its id, values as they are stored. A section that
/// could not be read has `error` and nothing else.
enum PageJSON {
    static func body(_ page: Page) -> [UInt8] {
        var members: [(String, JSONValue)] = [("title", .string(page.title))]
        if let notice = page.notice { members.append(("notice", .string(notice))) }
        for section in page.sections {
            if let value = value(section) { members.append((section.id, value)) }
        }
        return JSONValue.object(JSONObject(members)).serialized()
    }

    /// What an action does and asks for, before it is done.
    ///
    /// - Parameter once: a number to do it under.
    static func body(
        _ action: AdminAction, _ fields: FormFields, _ facts: [PageFact], once: UUIDv7
    ) -> [UInt8] {
        let asked = action.fields.map { field -> JSONValue in
            [
                "name": .string(field.name), "label": .string(field.label),
                "value": fields[field.name].map(JSONValue.string) ?? .null,
            ]
        }
        let value: JSONValue = [
            "title": .string(action.title), "explanation": .string(action.explanation),
            "fields": .array(asked),
            "facts": .object(JSONObject(facts.map { ($0.id, $0.value) })),
            "once": .string(once.description),
        ]
        return value.serialized()
    }

    private static func value(_ section: PageSection) -> JSONValue? {
        switch section {
        case .facts(_, _, let facts):
            .object(JSONObject(facts.map { ($0.id, $0.value) }))
        case .table(let table):
            [
                "rows": .array(table.rows), "next": table.next.map(JSONValue.string) ?? .null,
                "isCut": .bool(table.isCut),
            ]
        case .chart(let chart):
            .array(
                chart.bars.map { bar in
                    ["label": .string(bar.label), "value": .integer(bar.value)]
                })
        case .failed(_, _, let words): ["error": .string(words)]
        case .search: nil
        }
    }
}
