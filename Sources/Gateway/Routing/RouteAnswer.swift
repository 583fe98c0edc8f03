/// What a call answers when all is well.
struct RouteAnswer: Sendable {
    enum Content: Sendable {
        case none
        case json(Schema)
        /// Some other media type, all text.
        case text(mediaType: String)
        /// JSON or that other media type, by `Accept`.
        case negotiated(Schema, String)
    }

    /// Cookies of the sign-in and the like: named in the document, never required.
    struct Header: Sendable {
        var name: String
        var summary: String
    }

    var status: Int
    var summary: String
    var content: Content
    var headers: [Header] = []

    static func json(
        _ status: Int, _ schema: Schema, _ summary: String, headers: [Header] = []
    ) -> RouteAnswer {
        RouteAnswer(status: status, summary: summary, content: .json(schema), headers: headers)
    }

    static func empty(_ summary: String, headers: [Header] = []) -> RouteAnswer {
        RouteAnswer(status: 204, summary: summary, content: .none, headers: headers)
    }
}

extension RouteAnswer.Header {
    static let setCookie = RouteAnswer.Header(
        name: "Set-Cookie", summary: "Our cookies: HttpOnly, Secure, SameSite=Strict, Path=/.")
}
