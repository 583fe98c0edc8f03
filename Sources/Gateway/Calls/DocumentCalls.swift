import ByteCodecs
import HTTPTransport

/// The gateway's account of itself, made once at start.
struct DocumentCalls: Sendable {
    private let document: HTTPResponse
    private let page: HTTPResponse

    init(document: OpenAPIDocument) {
        self.document = .json(200, document.value)
        page = .page(200, DocsPage(document: document).bytes)
    }

    var routes: [Route] {
        [
            Route(Self.openAPIDescription, .now { [document] _ in document }),
            Route(Self.docsDescription, .now { [page] _ in page }),
            Route(Self.problemDescription, .now(Self.problem)),
        ]
    }

    static let descriptions = [openAPIDescription, docsDescription, problemDescription]

    /// HTML for people, JSON for whoever prefers it.
    @Sendable private static func problem(_ call: Call) throws(Problem) -> HTTPResponse {
        guard let code = call.textParameter("code").flatMap(ProblemCode.init) else {
            throw Problem(.problemUnknown, "No problem has this code.")
        }
        if AcceptedTypes(call.headers.first("Accept")).prefersHTML {
            return .page(200, ProblemPage.bytes(code))
        }
        let explanation = code.explanation
        return .json(
            200,
            [
                "code": .string(code.rawValue), "status": .integer(Int64(code.status)),
                "title": .string(explanation.title), "meaning": .string(explanation.meaning),
                "remedy": .string(explanation.remedy),
            ], headers: [("Vary", "Accept")])
    }

    private static let openAPIDescription = RouteDescription(
        "GET", "/openapi.json", "getOpenAPI", .operations, "This API in OpenAPI 3.1",
        "Made from the same table that routes requests.",
        answers: [.json(200, .map(.anything), "The document.")])

    private static let docsDescription = RouteDescription(
        "GET", "/docs", "getDocs", .operations, "This API for people",
        "One page without scripts or anything from elsewhere.",
        answers: [
            RouteAnswer(
                status: 200, summary: "The page.", content: .text(mediaType: "text/html"))
        ])

    private static let problemDescription = RouteDescription(
        "GET", "/problems/{code}", "getProblem", .operations, "What a problem means",
        "What the code in a refusal means and what to do. HTML or JSON, by Accept.",
        answers: [
            RouteAnswer(
                status: 200, summary: "The explanation.",
                content: .negotiated(explanation, "text/html"))
        ]
    ).with {
        $0.parameters = [
            RouteParameter(.path, "code", .text(.problemCode), "The `code` of the refusal.")
        ]
        $0.problems = [.problemUnknown]
    }

    private static let explanation = Schema.named(
        "ProblemExplanation",
        .object([
            .init("code", .choice(ProblemCode.allCases.map(\.rawValue)), "The code."),
            .init("status", .integer(400...599), "The HTTP status it comes with."),
            .init("title", .freeText, "A few words."),
            .init("meaning", .freeText, "What happened."),
            .init("remedy", .freeText, "What to do."),
        ]))
}
