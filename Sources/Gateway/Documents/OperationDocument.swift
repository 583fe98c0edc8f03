import ByteCodecs

/// One call in the OpenAPI document.
struct OperationDocument {
    let route: RouteDescription
    let configuration: GatewayConfiguration

    var value: JSONValue {
        var value: JSONObject = [
            "operationId": .string(route.operation), "tags": [.string(route.tag.rawValue)],
            "summary": .string(route.summary), "description": .string(route.details),
        ]
        if !parameters.isEmpty { value["parameters"] = .array(parameters) }
        value["requestBody"] = requestBody
        value["responses"] = .object(responses)
        value["security"] = .array(security)
        return .object(value)
    }

    private var parameters: [JSONValue] {
        route.allParameters.map { parameter in
            guard case .object(var schema) = parameter.schema.document else { return nil }
            if let fallback = parameter.fallback { schema["default"] = fallback }
            return [
                "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                "required": .bool(parameter.isRequired),
                "description": .string(parameter.summary), "schema": .object(schema),
            ]
        }
    }

    private var requestBody: JSONValue? {
        let content = { (schema: Schema) -> JSONValue in
            ["application/json": ["schema": schema.document]]
        }
        switch route.body {
        case .none: return nil
        case .required(let schema): return ["required": true, "content": content(schema)]
        case .optional(let schema): return ["required": false, "content": content(schema)]
        }
    }

    /// Alternatives; each is one credential, a service's of several headers.
    private var security: [JSONValue] {
        if case .service = route.credential {
            return [.object(JSONObject(ServiceSchemes.names.map { ($0, []) }))]
        }
        let names: [String]
        switch route.credential {
        case .none: names = []
        case .accessToken: names = ["accessToken", CookieKind.access.schemeName]
        case .refreshToken: names = [CookieKind.refresh.schemeName]
        case .anyToken:
            names = ["accessToken", CookieKind.access.schemeName, CookieKind.refresh.schemeName]
        case .challengeToken: names = [CookieKind.challenge.schemeName]
        case .service: names = []
        }
        let schemes = names.map { JSONValue.object([$0: []]) }
        // Refresh and challenge tokens may come in the body or a header of the call instead.
        let isElsewhere = route.credential != .none && route.credential != .accessToken
        return isElsewhere ? schemes + [[:]] : schemes
    }

    private var responses: JSONObject {
        var responses: JSONObject = [:]
        for answer in route.answers { responses[String(answer.status)] = document(of: answer) }
        for (status, codes) in codesByStatus {
            let name = String(status)
            if let answer = responses[name] {
                responses[name] = Self.merged(answer, ProblemDocument.response(status, codes))
            } else {
                responses[name] = ProblemDocument.sharedOrOwn(status, codes)
            }
        }
        return responses
    }

    private var codesByStatus: [(status: Int, codes: [ProblemCode])] {
        Dictionary(grouping: route.allProblems, by: \.status)
            .map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    private func document(of answer: RouteAnswer) -> JSONValue {
        var headers = HeaderDocuments.ofEveryAnswer(isLimited: route.limit != nil)
        for header in answer.headers {
            headers[header.name] = [
                "description": .string(header.summary), "schema": ["type": "string"],
            ]
        }
        var value: JSONObject = [
            "description": .string(answer.summary), "headers": .object(headers),
        ]
        switch answer.content {
        case .none: break
        case .json(let schema):
            value["content"] = ["application/json": ["schema": schema.document]]
        case .text(let mediaType):
            value["content"] = .object([mediaType: Self.textSchema])
        case .negotiated(let schema, let mediaType):
            value["content"] = .object(
                [
                    "application/json": ["schema": schema.document], mediaType: Self.textSchema,
                ])
        }
        return .object(value)
    }

    private static let textSchema: JSONValue = ["schema": ["type": "string"]]

    /// Two answers with one status: both descriptions, both media types, and the headers that
    /// both are sure to have.
    private static func merged(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        guard case .object(var merged) = left, case .object(let other) = right,
            case .string(let first)? = merged["description"],
            case .string(let second)? = other["description"],
            case .object(var content)? = merged["content"],
            case .object(let added)? = other["content"]
        else { return left }
        merged["description"] = .string("\(first) Or: \(second)")
        for member in added.members { content[member.name] = member.value }
        merged["content"] = .object(content)
        return .object(merged)
    }
}
