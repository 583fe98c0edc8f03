import Testing

@testable import Gateway

@Suite struct OriginRuleTests {
    private let rule = OriginRule(origins: ["https://app.example"], acceptsLoopback: false)
    private let development = OriginRule(origins: [], acceptsLoopback: true)

    private func refuses(
        _ method: String, _ origin: String?, authorization: Bool = false, cookie: Bool
    ) -> Bool {
        do {
            try rule.check(
                method: method, standing: rule.standing(of: origin),
                hasAuthorization: authorization, isCookieCredential: cookie)
            return false
        } catch {
            return error.code == .originRefused
        }
    }

    @Test(
        "a page elsewhere is refused, with cookies and without",
        arguments: [
            "https://evil.example", "null", "", "http://app.example", "https://app.example:8443",
            "https://app.example.evil.example", "https://app.example/", "HTTPS://APP.EXAMPLE",
            "http://localhost:5173", "https://app.example, https://evil.example",
        ], ["POST", "PATCH", "DELETE", "PUT"])
    func foreignOrigin(origin: String, method: String) {
        #expect(refuses(method, origin, cookie: true))
        #expect(refuses(method, origin, cookie: false))
    }

    @Test func cookiesNeedAnOrigin() {
        #expect(refuses("POST", nil, cookie: true))
        #expect(!refuses("POST", nil, cookie: false))
        #expect(!refuses("POST", "https://app.example", cookie: true))
    }

    @Test(arguments: ["GET", "HEAD"])
    func readingIsNotGuarded(method: String) {
        #expect(!refuses(method, "https://evil.example", cookie: true))
        #expect(!refuses(method, nil, cookie: true))
    }

    @Test func authorizationCannotBeForged() {
        #expect(!refuses("POST", "https://evil.example", authorization: true, cookie: false))
    }

    @Test(arguments: ["http://localhost", "http://localhost:5173", "http://127.0.0.1:80"])
    func developmentAcceptsThisMachine(origin: String) {
        #expect(development.standing(of: origin) == .ours(origin))
        #expect(rule.standing(of: origin) == .foreign)
    }

    @Test(
        arguments: [
            "http://localhost.evil.example", "http://localhost:", "http://localhost:5173/",
            "http://localhost:123456", "https://localhost:1", "http://127.0.0.10",
            "http://localhost:5x", "http://127.0.0.1:80@evil.example", "http://localhostx",
        ])
    func developmentAcceptsNothingElse(origin: String) {
        #expect(development.standing(of: origin) == .foreign)
    }
}
