/// `/docs`: every call on one page, from the same descriptions that route requests.
struct DocsPage {
    let document: OpenAPIDocument

    var bytes: [UInt8] {
        PageFrame.bytes(title: "sluice API", navigation: navigation, content: content)
    }

    private func routes(_ tag: RouteDescription.Tag) -> [RouteDescription] {
        document.routes.filter { $0.tag == tag }
    }

    private var navigation: HTML {
        let groups = RouteDescription.Tag.allCases.map { tag -> HTML in
            let items = routes(tag).map { route -> HTML in
                "<li><a href=\"#\(route.operation)\">\(route.summary)</a></li>"
            }
            return "<h2>\(tag.rawValue)</h2><ul>\(items)</ul>"
        }
        return """
            <a href="#top"><strong>sluice API</strong></a>\(groups)
            <h2>More</h2><ul><li><a href="#problems">Problems</a></li>
            <li><a href="/openapi.json">OpenAPI document</a></li></ul>
            """
    }

    private var content: HTML {
        let groups = RouteDescription.Tag.allCases.map { tag -> HTML in
            let sections = routes(tag).map { route in
                CallSection(route: route, configuration: document.configuration).html
            }
            return "<h2>\(tag.rawValue)</h2>\(sections)"
        }
        return """
            <h1 id="top">sluice API</h1>
            <p class="soft">Version \(document.configuration.version), network \
            \(document.configuration.chain), at <code>\(document.configuration.publicURL)</code></p>
            <p>\(OpenAPIDocument.introduction)</p>
            \(credentials)\(groups)\(problems)
            """
    }

    private var credentials: HTML {
        """
        <h4>Credentials</h4>
        <p>Send an access token as <code>Authorization: Bearer …</code>, or let the browser send \
        the cookies of the sign-in. Requests that change something and live on cookies must come \
        from a page of ours (<code>Origin</code>). Limits are in the <code>RateLimit</code> and \
        <code>RateLimit-Policy</code> fields; every answer has an <code>X-Request-Id</code>.</p>
        <h4>Calls of services</h4>
        <p>\(ServiceSchemes.explanation)</p>
        <pre>\(ServiceSchemes.signedLines)</pre>
        """
    }

    private var problems: HTML {
        let rows = ProblemCode.allCases.map { code -> HTML in
            """
            <tr><td>\(code.status)</td><td><a href="\(code.path)"><code>\(code.rawValue)</code></a>\
            </td><td>\(code.explanation.title)</td></tr>
            """
        }
        return """
            <h2 id="problems">Problems</h2>
            <p>Refusals are <code>application/problem+json</code>: look at <code>code</code>, show \
            <code>detail</code>, quote <code>instance</code> when asking for help.</p>
            <table><thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }
}
