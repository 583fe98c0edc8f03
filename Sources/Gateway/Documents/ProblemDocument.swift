import ByteCodecs

/// Refusals in the OpenAPI document.
enum ProblemDocument {
    static let schema: JSONValue = [
        "type": "object",
        "description": "RFC 9457. Members beyond these carry facts about the occurrence.",
        "properties": [
            "type": text("Where the problem is explained.", pattern: "^/problems/[a-z_]+$"),
            "title": text("The problem in a few words."),
            "status": ["type": "integer", "minimum": 400, "maximum": 599],
            "detail": text("This occurrence in a sentence."),
            "instance": text("The request id."),
            "code": [
                "type": "string", "description": "Stable; what a program should look at.",
                "enum": .array(ProblemCode.allCases.map { .string($0.rawValue) }),
            ],
        ],
        "required": ["type", "title", "status", "detail", "instance", "code"],
    ]

    /// Those that any call can answer with, by status; each stands in the document once.
    static let shared = JSONValue.object(
        JSONObject(
            commonCodes.map { status, codes in
                (sharedName(status), response(status, codes))
            }))

    private static let commonCodes = Dictionary(
        grouping: RouteDescription.commonProblems, by: \.status
    ).sorted { $0.key < $1.key }

    private static func sharedName(_ status: Int) -> String { "Problem\(status)" }

    /// A reference where a call's problems of that status are just those of any call.
    static func sharedOrOwn(_ status: Int, _ codes: [ProblemCode]) -> JSONValue {
        commonCodes.contains { $0.key == status && $0.value == codes }
            ? ["$ref": .string("#/components/responses/\(sharedName(status))")]
            : response(status, codes)
    }

    static func response(_ status: Int, _ codes: [ProblemCode]) -> JSONValue {
        let words = codes.map { "`\($0.rawValue)`: \($0.explanation.title)." }
        return [
            "description": .string(words.joined(separator: " ")),
            "headers": .object(HeaderDocuments.ofProblem(status)),
            "content": .object([Problem.mediaType: ["schema": content(status, codes)]]),
        ]
    }

    private static func content(_ status: Int, _ codes: [ProblemCode]) -> JSONValue {
        [
            "allOf": [["$ref": "#/components/schemas/Problem"]],
            "properties": [
                "status": ["const": .integer(Int64(status))],
                "code": ["enum": .array(codes.map { .string($0.rawValue) })],
            ],
        ]
    }

    private static func text(_ description: String, pattern: String? = nil) -> JSONValue {
        var value: JSONObject = ["type": "string", "description": .string(description)]
        if let pattern { value["pattern"] = .string(pattern) }
        return .object(value)
    }
}
