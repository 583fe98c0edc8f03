import ByteCodecs

/// A command that makes a call, for the page for people.
struct CurlExample {
    let route: RouteDescription
    let configuration: GatewayConfiguration

    var text: String {
        var words = ["curl"]
        if route.method != "GET" { words.append("-X \(route.method)") }
        words.append("'\(configuration.publicURL)\(route.path.text)'")
        var lines = [words.joined(separator: " ")]
        switch route.credential {
        case .accessToken, .anyToken: lines.append("-H 'Authorization: Bearer ACCESS_TOKEN'")
        case .challengeToken: lines.append("-H 'X-Challenge-Token: CHALLENGE_TOKEN'")
        case .service:
            lines.append("-H 'Authorization: Bearer KEY_ID'")
            lines.append("-H '\(ServiceHeaders.timestamp): MILLISECONDS'")
            lines.append("-H '\(ServiceHeaders.nonce): LETTERS_AND_DIGITS'")
            lines.append("-H '\(ServiceHeaders.signature): HEX'")
        case .none, .refreshToken: break
        }
        if route.idempotencyKey == .required {
            lines.append("-H '\(IdempotencyHeader.name): A_NAME_OF_YOUR_OWN'")
        }
        if let body {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d '\(String(decoding: body.serialized(), as: UTF8.self))'")
        }
        return lines.joined(separator: " \\\n  ")
    }

    private var body: JSONValue? {
        guard let fields = route.body.schema?.fields, route.credential != .anyToken else {
            return nil
        }
        // What may be left out is left out, unless nothing would be left.
        let needed = fields.filter(\.isRequired)
        let shown = needed.isEmpty ? fields : needed
        return .object(JSONObject(shown.map { ($0.name, Self.sample(of: $0)) }))
    }

    private static func sample(of field: Schema.Field) -> JSONValue {
        if let example = field.example { return example }
        if case .text(let shape) = field.schema, let value = shape.documentedValues.first {
            return .string(value)
        }
        return .string(field.name.uppercased())
    }
}
