import Testing

@testable import HTTPTransport

@Suite struct RequestGuardTests {
    private func inspect(
        _ fields: [(String, String)], method: String = "POST", target: String = "/",
        version: String = "HTTP/1.1"
    ) -> Result<RequestGuard.Framing, TransportRefusal> {
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders([("Host", "a")] + fields))
        return Result { () throws(TransportRefusal) in
            try RequestGuard().inspect(request, version: version)
        }
    }

    @Test("ordinary requests pass, with their framing")
    func accepted() {
        #expect(inspect([]) == .success(.none))
        #expect(inspect([("Content-Length", "0")]) == .success(.none))
        #expect(inspect([("content-length", "65537")]) == .success(.length(65_537)))
        #expect(inspect([("Transfer-Encoding", "chunked")]) == .success(.chunked))
        #expect(inspect([("transfer-encoding", "Chunked ")]) == .success(.chunked))
        #expect(inspect([("Expect", "100-Continue")]) == .success(.none))
        #expect(inspect([("X-Forwarded-For", "a"), ("X-Forwarded-For", "b")]) == .success(.none))
        #expect(inspect([("User-Agent", "caf\u{E9}\t1")]) == .success(.none))
        #expect(inspect([], method: "PROPFIND", target: "/%00/..?a=|{}") == .success(.none))
    }

    @Test(
        "what two readers could frame differently is refused",
        arguments: [
            ([("Content-Length", "1"), ("Content-Length", "1")], .framingAmbiguous),
            ([("Content-Length", "1"), ("content-length", "2")], .framingAmbiguous),
            ([("Content-Length", "1"), ("Transfer-Encoding", "chunked")], .framingAmbiguous),
            ([("Transfer-Encoding", "chunked"), ("Content-Length", "0")], .framingAmbiguous),
            (
                [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
                .framingAmbiguous
            ),
            ([("Transfer-Encoding", "gzip")], .transferEncodingUnsupported),
            ([("Transfer-Encoding", "gzip, chunked")], .transferEncodingUnsupported),
            ([("Transfer-Encoding", "chunked, identity")], .transferEncodingUnsupported),
            ([("Transfer-Encoding", "xchunked")], .transferEncodingUnsupported),
            ([("Transfer-Encoding", "")], .transferEncodingUnsupported),
            ([("Content-Length", "")], .contentLengthInvalid),
            ([("Content-Length", "+1")], .contentLengthInvalid),
            ([("Content-Length", "-1")], .contentLengthInvalid),
            ([("Content-Length", "1, 1")], .contentLengthInvalid),
            ([("Content-Length", "0x1")], .contentLengthInvalid),
            ([("Content-Length", "1.0")], .contentLengthInvalid),
            ([("Content-Length", "9223372036854775808")], .contentLengthInvalid),
        ] as [([(String, String)], TransportRefusal)])
    func framing(fields: [(String, String)], reason: TransportRefusal) {
        #expect(inspect(fields) == .failure(reason))
    }

    @Test("chunks in HTTP/1.0 are refused")
    func oldChunks() {
        #expect(
            inspect([("Transfer-Encoding", "chunked")], version: "HTTP/1.0")
                == .failure(.framingAmbiguous))
    }

    @Test(
        "a field of which one is allowed is refused twice, in any case, with any value",
        arguments: TransportRefusal.HeaderName.allCases)
    func duplicated(name: TransportRefusal.HeaderName) {
        let second = name == .expect ? "100-continue" : "b"
        let fields = [(name.rawValue, second), (name.rawValue.lowercased(), second)]
        #expect(inspect(fields) == .failure(.headerDuplicated(name)))
    }

    @Test(
        "targets other than a path are refused",
        arguments: [
            "http://a/", "HTTPS://a/", "*", "a:443", "", "a", "?a", "/a#b", "/a b", "/\u{7F}",
            "/\u{1}", "/caf\u{E9}", "/\u{FFFD}", "\\", "//a b",
        ])
    func targets(target: String) {
        #expect(inspect([], target: target) == .failure(.targetInvalid))
        #expect(inspect([], method: "OPTIONS", target: target) == .failure(.targetInvalid))
    }

    @Test(
        "bytes that no field has are refused",
        arguments: [0, 1, 8, 10, 11, 13, 27, 31, 127] as [UInt8])
    func controlCharacters(byte: UInt8) {
        let text = "a" + String(UnicodeScalar(byte)) + "b"
        #expect(inspect([("X-A", text)]) == .failure(.headerValueInvalid))
        #expect(inspect([(text, "a")]) == .failure(.headMalformed))
        #expect(inspect([], method: text) == .failure(.headMalformed))
    }

    @Test("every byte of a value is judged alike, wherever it stands and whatever is beside it")
    func valueBytes() {
        let neighbours: [UInt8] = [0x61, 0x09, 0x20, 0x80, 0xFF]
        for byte in UInt8.min...UInt8.max {
            let isFine = byte >= 0x20 && byte != 0x7F || byte == 0x09
            for (place, neighbour) in (0..<17).flatMap({ place in neighbours.map { (place, $0) } })
            {
                var value = [UInt8](repeating: neighbour, count: 19)
                value[0] = 0x61
                value[18] = 0x61  // Blanks around a value are none of it.
                value[place + 1] = byte
                var headers = HTTPHeaders([("Host", "x")])
                headers.append(name: Array("X-A".utf8), value: value)
                let head = HTTPRequest(method: "GET", target: "/", headers: headers)
                let passes = (try? RequestGuard().inspect(head, version: "HTTP/1.1")) != nil
                #expect(passes == isFine, "\(byte) at \(place) among \(neighbour)")
            }
        }
    }

    @Test("names with blanks or separators are refused", arguments: ["", " ", "A ", "A:", "(A)"])
    func names(name: String) {
        #expect(inspect([(name, "a")]) == .failure(.headMalformed))
    }

    @Test("sizes end where the limits say")
    func limits() {
        let guardian = RequestGuard()
        let longest = "/" + String(repeating: "a", count: guardian.targetLimit - 1)
        #expect(inspect([], target: longest) == .success(.none))
        #expect(inspect([], target: longest + "a") == .failure(.targetTooLong))
        let query =
            "/&?" + Array(repeating: "a", count: guardian.parameterLimit).joined(separator: "&")
        #expect(inspect([], target: query) == .success(.none))
        #expect(inspect([], target: query + "&") == .failure(.targetTooLong))
        #expect(inspect([], target: "/" + String(repeating: "&", count: 100)) == .success(.none))
        let many = Array(repeating: ("X-A", "a"), count: guardian.headerCountLimit - 1)
        #expect(inspect(many) == .success(.none))
        #expect(inspect(many + [("X-A", "a")]) == .failure(.headersTooLarge))
        let big = String(repeating: "a", count: guardian.headerBytesLimit - 8)
        #expect(inspect([("X-A", big)]) == .success(.none))
        #expect(inspect([("X-A", big + "a")]) == .failure(.headersTooLarge))
        #expect(
            inspect([], method: String(repeating: "A", count: 25)) == .failure(.methodUnsupported))
    }

    @Test("HTTP/1.1 needs a host, and nothing but 100-continue can be expected")
    func hostAndExpect() {
        let bare = HTTPRequest(method: "GET", target: "/")
        #expect(throws: TransportRefusal.hostMissing) {
            try RequestGuard().inspect(bare, version: "HTTP/1.1")
        }
        #expect(throws: Never.self) { try RequestGuard().inspect(bare, version: "HTTP/1.0") }
        #expect(inspect([("Expect", "200-ok")]) == .failure(.expectationUnsupported))
    }
}
