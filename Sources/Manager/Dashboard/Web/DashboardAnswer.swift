import ByteCodecs
import HTTPTransport

/// Answers of the dashboard: never kept, never shown inside another page, never script.
enum DashboardAnswer {
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"

    private static func fields(_ type: String, caching: String = "no-store") -> HTTPFields {
        [
            ("Content-Type", type), ("Cache-Control", caching),
            ("Content-Security-Policy", policy), ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
    }

    static func html(_ document: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: fields("text/html; charset=utf-8"), body: document)
    }

    static func json(_ body: [UInt8], status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: fields("application/json"), body: body)
    }

    static func stylesheet() -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: fields("text/css; charset=utf-8", caching: "max-age=300"),
            body: Array(Stylesheet.text.utf8))
    }

    /// `See Other`: the next request is a GET.
    static func redirect(to path: String, cookie: String? = nil) -> HTTPResponse {
        var response = HTTPResponse(status: 303, headers: fields("text/plain; charset=utf-8"))
        response.headers.append("Location", path)
        if let cookie { response.headers.append("Set-Cookie", cookie) }
        return response
    }

    /// A cookie that no script reads and no other site's page sends.
    static func cookie(_ token: [UInt8]) -> String {
        "\(Caller.cookieName)=\(Base64.encodeURL(token)); Path=/; HttpOnly; SameSite=Strict; "
            + "Max-Age=\(Operators.sessionSeconds)"
    }

    static let endedCookie =
        "\(Caller.cookieName)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"

    static func problem(
        _ status: Int, _ code: String, _ words: String, asJSON: Bool
    ) -> HTTPResponse {
        if asJSON {
            let body: JSONValue = [
                "status": .integer(Int64(status)), "code": .string(code), "detail": .string(words),
            ]
            var response = json(body.serialized(), status: status)
            if status == 401 { response.headers.append("WWW-Authenticate", "Bearer") }
            return response
        }
        let page = PageHTML(visitor: nil, path: "", role: "")
        let title = status == 404 ? "Not found" : "Not done"
        return html(
            page.document(
                title: title,
                """
                <div class="panel"><h1>\(title)</h1><p class="error">\(words)</p>
                <p><a href="/">Back to the dashboard</a></p></div>
                """), status: status)
    }
}
