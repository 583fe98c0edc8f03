import ByteCodecs

/// Places in a list, as clients carry them about without looking inside.
enum PageCursor {
    static let pageLimit = 50

    static func text(_ place: Int) -> String {
        Base64.encode(Array("at \(place)".utf8))
    }

    static func place(_ text: String?) throws(GraphQLError) -> Int? {
        guard let text else { return nil }
        guard let bytes = try? Base64.decode(text),
            let words = String(validating: bytes, as: UTF8.self), words.hasPrefix("at "),
            let place = Int(words.dropFirst(3)), place >= 0
        else { throw .input("the cursor is not one of ours") }
        return place
    }

    static func first(_ arguments: GraphQLArguments) throws(GraphQLError) -> Int {
        guard arguments["last"] == nil, arguments["before"] == nil else {
            throw .input("Not supported here: last and before")
        }
        let first = try arguments.integer("first") ?? 20
        guard first <= pageLimit else {
            throw .input("Page size is too large: \(first) > \(pageLimit)")
        }
        return first
    }

    /// A page of something listed whole; cursors are places in the list.
    static func connection<Elements: RandomAccessCollection>(
        _ typeName: String, _ elements: Elements, _ arguments: GraphQLArguments,
        _ node: (Elements.Element) -> any GraphQLNode
    ) throws(GraphQLError) -> GraphQLRecord {
        let first = try first(arguments)
        let start = try place(arguments.string("after")).map { $0 + 1 } ?? 0
        let shown = elements.dropFirst(start).prefix(first)
        let places = start..<(start + shown.count)
        let info = GraphQLRecord.pageInfo(
            hasNext: places.upperBound < elements.count, hasPrevious: start > 0,
            start: places.first.map(text), end: places.last.map(text))
        return GraphQLRecord(
            typeName, ["nodes": .list(shown.map(node)), "pageInfo": .node(info)])
    }
}
