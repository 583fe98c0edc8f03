import ByteCodecs

/// A value that a client gives outside the body.
struct RouteParameter: Sendable {
    enum Place: String, Sendable {
        case path
        case query
        case header
    }

    var place: Place
    var name: String
    var schema: Schema
    var summary: String
    /// What counts where the client says nothing; for the document.
    var fallback: JSONValue?
    var isRequired: Bool

    /// Paths have all of their values; anything else may be left out unless it is said otherwise.
    init(
        _ place: Place, _ name: String, _ schema: Schema, _ summary: String,
        fallback: JSONValue? = nil, isRequired: Bool? = nil
    ) {
        self.place = place
        self.name = name
        self.schema = schema
        self.summary = summary
        self.fallback = fallback
        self.isRequired = isRequired ?? (place == .path)
    }

    static let limit = RouteParameter(
        .query, "limit", .integer(1...200), "How many to show.", fallback: 50)
    static let cursor = RouteParameter(
        .query, "cursor", .text(.cursor), "Where to go on: `nextCursor` of the page before.")
}
