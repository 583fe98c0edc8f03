import Authentication
import ByteCodecs

/// One call on the page for people.
struct CallSection {
    let route: RouteDescription
    let configuration: GatewayConfiguration

    var html: HTML {
        """
        <section id="\(route.operation)">
        <h3>\(route.summary)</h3>
        <code class="call"><span class="method">\(route.method)</span>\(route.path.text)</code>
        <p>\(route.details)</p>
        <p class="soft">\(credential) \(limit)</p>
        <h4>Example</h4><pre>\(CurlExample(route: route, configuration: configuration).text)</pre>
        \(parameters)\(fields("Body", route.body.schema))\(answers)\(problems)
        </section>
        """
    }

    private var credential: String {
        switch route.credential {
        case .none: "Needs no credential."
        case .accessToken: "Needs an access token."
        case .refreshToken: "Needs a refresh token, by cookie or in the body."
        case .anyToken: "Needs an access token or a refresh token."
        case .service(let scope):
            "Needs the signature of a service whose key has the scope \(scope.rawValue)."
        case .challengeToken: "Needs the challenge's cookie, or its value in X-Challenge-Token."
        }
    }

    private var limit: String {
        guard let policy = route.limit else { return "Not limited." }
        return "Limit: \(policy.rawValue)."
    }

    private var parameters: HTML {
        guard !route.allParameters.isEmpty else { return "" }
        let rows = route.allParameters.map { parameter -> HTML in
            """
            <tr><td><code>\(parameter.name)</code></td><td>\(parameter.place.rawValue)</td>\
            <td>\(ValueDescription(schema: parameter.schema).text)</td>\
            <td>\(need(of: parameter))</td><td>\(parameter.summary)</td></tr>
            """
        }
        return """
            <h4>Parameters</h4><table><thead><tr><th>Name</th><th>Where</th><th>Value</th>\
            <th>Required</th><th></th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private func need(of parameter: RouteParameter) -> String {
        guard !parameter.isRequired else { return "yes" }
        guard let fallback = parameter.fallback else { return "no" }
        return "no: \(String(decoding: fallback.serialized(), as: UTF8.self))"
    }

    private func fields(_ title: String, _ schema: Schema?) -> HTML {
        guard let fields = schema?.fields, !fields.isEmpty else { return "" }
        let rows = fields.map { field -> HTML in
            """
            <tr><td><code>\(field.name)</code></td><td>\(ValueDescription(schema: field.schema).text)</td>\
            <td>\(field.isRequired ? "yes" : "no")</td><td>\(field.summary)</td></tr>
            """
        }
        return """
            <h4>\(title)</h4><table><thead><tr><th>Member</th><th>Value</th><th>Always</th>\
            <th></th></tr></thead><tbody>\(rows)</tbody></table>
            """
    }

    private var answers: HTML {
        let parts = route.answers.map { answer -> HTML in
            let title = "Answer \(answer.status): \(answer.summary)"
            let table = fields(title, answer.content.schema)
            return table.markup.isEmpty ? "<h4>\(title)</h4>" : table
        }
        return "\(parts)"
    }

    private var problems: HTML {
        let links = route.allProblems.map { code -> HTML in
            "<a href=\"\(code.path)\">\(code.status)&nbsp;<code>\(code.rawValue)</code></a> "
        }
        return "<h4>Problems</h4><p>\(links)</p>"
    }
}
