import HTTPTransport
import Testing

@testable import Gateway

@Suite struct RouterTests {
    private let router = Router(
        [("GET", "/a"), ("PATCH", "/a"), ("DELETE", "/a/{id}"), ("GET", "/p/{x}/q")].map {
            Route(
                RouteDescription($0, $1, "\($0)\($1)", .operations, "", "", answers: []),
                .now { _ in .noContent() })
        })

    private func found(_ method: String, _ path: String) -> (String, [String: String])? {
        guard case .found(let route, let values) = router.match(method: method, path: path) else {
            return nil
        }
        return (route.description.operation, values)
    }

    @Test func findsByMethodAndPath() throws {
        #expect(found("GET", "/a")?.0 == "GET/a")
        #expect(found("HEAD", "/a")?.0 == "GET/a")
        #expect(found("PATCH", "/a")?.0 == "PATCH/a")
        #expect(found("DELETE", "/a/7")?.1 == ["id": "7"])
        #expect(found("GET", "/p/%C3%A9%2Fb/q")?.1 == ["x": "é/b"])
    }

    @Test(
        "another spelling is another path",
        arguments: [
            "/", "", "/a/", "//a", "/A", "/a/7/", "/a//", "/a/%2", "/a/%FF", "/a/%zz", "/./a",
            "/a%2F7",
            "/b/../a", "/p//q", "/p/x/Q",
        ])
    func unknownPaths(path: String) {
        for method in ["GET", "DELETE", "OPTIONS", "HEAD"] {
            guard case .unknown = router.match(method: method, path: path) else {
                Issue.record("\(method) \(path) was found")
                continue
            }
        }
    }

    @Test(
        arguments: [
            ("POST", "/a", "GET, PATCH, HEAD, OPTIONS"), ("get", "/a", "GET, PATCH, HEAD, OPTIONS"),
            ("GET", "/a/7", "DELETE, OPTIONS"), ("HEAD", "/a/7", "DELETE, OPTIONS"),
            ("TRACE", "/p/1/q", "GET, HEAD, OPTIONS"),
        ])
    func wrongMethods(method: String, path: String, allow: String) {
        guard case .wrongMethod(let told) = router.match(method: method, path: path) else {
            Issue.record("\(method) \(path) is not refused")
            return
        }
        #expect(told == allow)
    }
}
