import HTTPTransport
import Testing

@Suite struct HTTPHeadersTests {
    @Test("names compare without case, values keep it, order stays")
    func lookUp() {
        let headers = HTTPHeaders([("Accept", "a"), ("X-One", " B\t"), ("accept", "C")])
        #expect(headers["ACCEPT"] == "a")
        #expect(headers.all("accept") == ["a", "C"])
        #expect(headers["x-one"] == "B")
        #expect(headers["X-On"] == nil && headers["X-One "] == nil && headers[""] == nil)
        #expect(headers.pairs.map(\.name) == ["Accept", "X-One", "accept"])
    }

    @Test("an underscore is no hyphen and [ is no {")
    func nearMisses() {
        let headers = HTTPHeaders([("X_One", "a"), ("X[", "b")])
        #expect(headers["X-One"] == nil)
        #expect(headers["X{"] == nil)
    }

    @Test(
        "a target is split at its first question mark",
        arguments: [
            ("/a", "/a", nil), ("/a?", "/a", ""), ("/a?b?c=/d", "/a", "b?c=/d"), ("/?x", "/", "x"),
            ("/%3Fa", "/%3Fa", nil),
        ] as [(String, String, String?)])
    func split(target: String, path: String, query: String?) {
        let request = HTTPRequest(method: "GET", target: target)
        #expect(request.path == path)
        #expect(request.query == query)
    }
}
