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
