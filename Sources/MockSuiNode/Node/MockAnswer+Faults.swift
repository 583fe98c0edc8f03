/// The answers of what stands in front of a node.
extension MockAnswer {
    static func tooMany(_ seconds: Int) -> MockAnswer {
        MockAnswer(
            status: 429, "text/plain", headers: [(name: "Retry-After", value: "\(seconds)")],
            Array("Too Many Requests\n".utf8))
    }

    static func serverError(_ entropy: UInt64) -> MockAnswer {
        let status = [500, 502, 503][Int(entropy % 3)]
        return MockAnswer(status: status, "text/plain", Array("upstream error\n".utf8))
    }

    static let page = MockAnswer(
        status: 200, "text/html",
        Array("<!doctype html><title>Just a moment…</title><h1>Checking your browser</h1>\n".utf8))
}
