import ByteCodecs

/// The route table as an OpenAPI document.
/// Source: OpenAPI 3.1.1, https://spec.openapis.org/oas/v3.1.1.html
struct OpenAPIDocument: Sendable {
    let configuration: GatewayConfiguration
    let routes: [RouteDescription]

    var value: JSONValue {
        [
            "openapi": "3.1.1",
            "info": [
                "title": "sluice", "version": .string(configuration.version),
                "summary": "Sign in with a Sui wallet.",
                "description": .string(Self.introduction),
            ],
            "servers": [["url": .string(configuration.publicURL)]],
            "tags": .array(tags), "paths": .object(paths),
            "components": [
                "schemas": .object(schemas), "headers": HeaderDocuments.all,
                "responses": ProblemDocument.shared,
                "securitySchemes": securitySchemes,
            ],
        ]
    }

    static let introduction = """
        JSON in UTF-8; names in camelCase; times RFC 3339 in UTC with milliseconds. Refusals are \
        application/problem+json with a stable `code`. Members that a call does not know are \
        refused. With an Authorization header, cookies are ignored.
        """

    private var tags: [JSONValue] {
        RouteDescription.Tag.allCases.map { ["name": .string($0.rawValue)] }
    }

    private var paths: JSONObject {
        var paths: JSONObject = [:]
        for route in routes {
            var item: JSONObject = [:]
            if case .object(let known)? = paths[route.path.text] { item = known }
            item[route.method.lowercased()] =
                OperationDocument(
                    route: route, configuration: configuration
                ).value
            paths[route.path.text] = .object(item)
        }
        return paths
    }

    private var schemas: JSONObject {
        let used = routes.flatMap { route in
            (route.body.schema.map { [$0] } ?? []) + route.allParameters.map(\.schema)
                + route.answers.compactMap(\.content.schema)
        }
        var schemas: JSONObject = ["Problem": ProblemDocument.schema]
        for (name, schema) in used.flatMap(\.namedSchemas) { schemas[name] = schema.document }
        return schemas
    }

    private var securitySchemes: JSONValue {
        let names = CookieNames(secure: configuration.hasSecureCookies)
        var schemes: JSONObject = [
            "accessToken": [
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "The access token.",
            ]
        ]
        for kind in CookieKind.allCases {
            schemes[kind.schemeName] = [
                "type": "apiKey", "in": "cookie", "name": .string(names.name(of: kind)),
                "description": .string("Set by the sign-in; ignored beside Authorization."),
            ]
        }
        for (name, scheme) in ServiceSchemes.all { schemes[name] = scheme }
        return .object(schemes)
    }
}

extension CookieKind {
    var schemeName: String { rawValue + "Cookie" }
}

extension RouteAnswer.Content {
    var schema: Schema? {
        switch self {
        case .json(let schema), .negotiated(let schema, _): schema
        case .none, .text: nil
        }
    }
}
