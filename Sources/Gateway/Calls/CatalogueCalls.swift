import Billing
import ByteCodecs
import Cryptography
import HTTPTransport

/// `GET /v1/services/catalog`: what is sold, for anybody.
struct CatalogueCalls: Sendable {
    let subscriptions: any SubscriptionService

    var routes: [Route] { [Route(Self.catalogueDescription, .later(catalogue))] }

    /// A version is named by its content, so that all gateways give the same name.
    @Sendable private func catalogue(_ call: Call) async throws(Problem) -> HTTPResponse {
        let version: PriceVersion
        do { version = try await subscriptions.catalogue() } catch { throw Problem(error) }
        let body = JSONValue(catalogue: version).serialized()
        let tag = "\"\(Hex.encode(Array(SHA256.hash(body).prefix(16))))\""
        let fields: HTTPFields = [("Cache-Control", Self.caching), ("ETag", tag)]
        let known = call.textParameter("If-None-Match") ?? ""
        guard !Self.names(tag, in: known) else {
            return HTTPResponse(status: 304, headers: fields)
        }
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/json")] + fields, body: body)
    }

    /// Prices change at midnight at the earliest; a minute late is early enough to show them.
    private static let caching = "public, max-age=60"

    /// RFC 9110, section 13.1.2: a list of tags, weak ones too, or `*`.
    private static func names(_ tag: String, in list: String) -> Bool {
        list.split(separator: ",").contains { part in
            let name = part.drop { $0 == " " || $0 == "\t" }
            let end = name.lastIndex { $0 != " " && $0 != "\t" }
            let trimmed = end.map { name[...$0] } ?? ""
            return trimmed == "*" || trimmed == tag || trimmed == "W/\(tag)"
        }
    }

    static let catalogueDescription = RouteDescription(
        "GET", "/v1/services/catalog", "getCatalog", .services,
        "What is sold, and for how much",
        """
        Services, their tiers and options by the prices in force, for anybody. Counts are totals: \
        of each option so many are included, and nobody can have fewer. A tier without terms is by \
        agreement. Sent again with the ETag in If-None-Match it is 304 until something changes.
        """,
        answers: [
            .json(
                200, ServiceSchemas.catalogue, "The catalogue.",
                headers: [
                    .init(name: "ETag", summary: "Names this content."),
                    .init(name: "Cache-Control", summary: "How long to keep it."),
                ]),
            RouteAnswer(
                status: 304, summary: "It is the one that If-None-Match names.", content: .none),
        ]
    ).with {
        $0.parameters = [
            RouteParameter(
                .header, "If-None-Match", .freeText, "The ETag of what is known already.")
        ]
        $0.problems = [.pricesUnavailable, .storageUnavailable]
    }
}
