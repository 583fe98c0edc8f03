import ByteCodecs
import Testing

@Suite struct JSONParsingTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONValue.parse(text.utf8)
    }

    @Test func readsEveryKindOfValue() throws {
        let text = """
             { "a" : null, "b":[true,false , [] , {}],
            "c":"é\\u00e9\\n\\"\\\\\\/\\b\\f\\r\\t\\uD83D\\uDE00", "d": -12,"":0 }
            """ + "\r\n\t "

        #expect(
            try parse(text) == [
                "a": nil, "b": [true, false, [], [:]], "c": "éé\n\"\\/\u{8}\u{c}\r\t😀", "d": -12,
                "": 0,
            ])
    }

    @Test(
        "numbers keep their value or their text",
        arguments: [
            ("0", JSONValue.integer(0)), ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .decimal("9223372036854775808")), ("-0", .decimal("-0")),
            ("1.0", .decimal("1.0")), ("1e2", .decimal("1e2")), ("-1.5E-07", .decimal("-1.5E-07")),
            ("10e+3", .decimal("10e+3")),
        ])
    func numbers(text: String, value: JSONValue) throws {
        #expect(try parse(text) == value)
        #expect(String(decoding: value.serialized(), as: UTF8.self) == text)
    }

    @Test(
        "what RFC 8259 does not allow is refused, and where",
        arguments: [
            ("", JSONError(.unexpectedEnd, at: 0)), ("  ", JSONError(.unexpectedEnd, at: 2)),
            ("{", JSONError(.unexpectedEnd, at: 1)), ("[1", JSONError(.unexpectedEnd, at: 2)),
            ("[1,]", JSONError(.unexpectedByte, at: 3)),
            ("[,1]", JSONError(.unexpectedByte, at: 1)),
            ("[1 2]", JSONError(.unexpectedByte, at: 3)),
            ("{,}", JSONError(.unexpectedByte, at: 1)),
            ("{\"a\":1,}", JSONError(.unexpectedByte, at: 7)),
            ("{\"a\" 1}", JSONError(.unexpectedByte, at: 5)),
            ("{a:1}", JSONError(.unexpectedByte, at: 1)),
            ("{1:1}", JSONError(.unexpectedByte, at: 1)),
            ("{\"a\":}", JSONError(.unexpectedByte, at: 5)),
            ("'a'", JSONError(.unexpectedByte, at: 0)), ("tru", JSONError(.unexpectedEnd, at: 3)),
            ("trUe", JSONError(.unexpectedByte, at: 2)), ("NaN", JSONError(.unexpectedByte, at: 0)),
            ("Infinity", JSONError(.unexpectedByte, at: 0)),
            ("undefined", JSONError(.unexpectedByte, at: 0)),
            ("// x\n1", JSONError(.unexpectedByte, at: 0)),
            ("1 1", JSONError(.trailingBytes, at: 2)),
            ("{}}", JSONError(.trailingBytes, at: 2)), ("nullx", JSONError(.trailingBytes, at: 4)),
            ("01", JSONError(.invalidNumber, at: 0)), ("-", JSONError(.invalidNumber, at: 0)),
            ("-01", JSONError(.invalidNumber, at: 0)), ("1.", JSONError(.invalidNumber, at: 0)),
            (".5", JSONError(.unexpectedByte, at: 0)), ("1e", JSONError(.invalidNumber, at: 0)),
            ("1e+", JSONError(.invalidNumber, at: 0)), ("+1", JSONError(.unexpectedByte, at: 0)),
            ("0x1", JSONError(.trailingBytes, at: 1)),
            ("\u{FEFF}1", JSONError(.unexpectedByte, at: 0)),
            ("\u{A0}1", JSONError(.unexpectedByte, at: 0)),
            ("1\0", JSONError(.trailingBytes, at: 1)),
            ("\"a", JSONError(.unexpectedEnd, at: 2)), ("\"\\", JSONError(.unexpectedEnd, at: 2)),
            ("\"\\u12", JSONError(.unexpectedEnd, at: 5)),
            ("\"a\nb\"", JSONError(.controlCharacter, at: 2)),
            ("\"\\n\u{1}\"", JSONError(.controlCharacter, at: 3)),
            ("\"\\x\"", JSONError(.invalidEscape, at: 1)),
            ("\"\\U00e9\"", JSONError(.invalidEscape, at: 1)),
            ("\"\\u00g0\"", JSONError(.invalidEscape, at: 5)),
            ("\"\\uD800\"", JSONError(.loneSurrogate, at: 1)),
            ("\"\\uDC00\"", JSONError(.loneSurrogate, at: 1)),
            ("\"\\uD800\\u0041\"", JSONError(.loneSurrogate, at: 1)),
            ("\"\\uD800\\uD800\"", JSONError(.loneSurrogate, at: 1)),
            ("\"\\uDE00\\uD83D\"", JSONError(.loneSurrogate, at: 1)),
            ("\"\\uD83Dx\"", JSONError(.loneSurrogate, at: 1)),
        ])
    func refuses(text: String, error: JSONError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test(
        "strings must be UTF-8",
        arguments: [
            [0xFF], [0xC3], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xE2, 0x82], [0xC3, 0x5C, 0x6E], [0x5C, 0x6E, 0xC3],
        ] as [[UInt8]])
    func badUTF8(content: [UInt8]) {
        #expect(throws: JSONError(.invalidUTF8, at: 1)) {
            try JSONValue.parse([0x5B, 0x22] + content + [0x22, 0x5D])
        }
    }

    @Test(
        "no member may be named twice, however the name is written",
        arguments: [
            "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"\\u0061\":3}", "{\"\":1,\"\":2}",
            "[{\"x\":{\"é\":1,\"\\u00e9\":1}}]",
        ])
    func duplicates(text: String) {
        let error = #expect(throws: JSONError.self) { try parse(text) }
        #expect(error?.reason == .duplicateName)
    }

    @Test func duplicatesInLargeObjectsAreFoundToo() throws {
        let names = (0..<500).map { "\"n\($0)\":0" }
        let unique = "{" + names.joined(separator: ",") + "}"

        guard case .object(let object) = try parse(unique) else {
            throw JSONError(.unexpectedEnd, at: 0)
        }
        #expect(object.count == 500)
        for index in [0, 15, 16, 17, 499] {
            let text = "{" + (names + [names[index]]).joined(separator: ",") + "}"
            let error = #expect(throws: JSONError.self) { try parse(text) }
            #expect(error?.reason == .duplicateName)
        }
    }

    @Test("names that only look alike are two names")
    func canonicallyEquivalentNames() throws {
        guard case .object(let object) = try parse("{\"\\u00e9\":1,\"e\\u0301\":2}") else {
            throw JSONError(.unexpectedEnd, at: 0)
        }
        #expect(object["\u{e9}"] == 1)
        #expect(object["e\u{301}"] == 2)
    }

    @Test func depthIsLimited() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(throws: Never.self) { try parse(deepest) }
        #expect(throws: JSONError(.tooDeep, at: 32)) { try parse("[" + deepest + "]") }
        #expect(throws: JSONError(.tooDeep, at: 32)) {
            try parse(String(repeating: "[", count: 1_000_000))
        }
        let side = String(repeating: "[{}],", count: 100)
        #expect(throws: Never.self) { try parse("[" + side + "1]") }
    }

    @Test func theNumberOfValuesIsLimited() {
        let limits = JSONLimits(depth: 4, values: 3)

        #expect(throws: Never.self) { try JSONValue.parse("[1,2]".utf8, limits: limits) }
        #expect(throws: JSONError(.tooManyValues, at: 5)) {
            try JSONValue.parse("[1,2,3]".utf8, limits: limits)
        }
    }

    @Test func aMegabyteOfJunkIsRefused() {
        for byte in [UInt8(0), 0x22, 0x5B, 0x7B, 0x5C, 0x30, 0x20, 0xFF] {
            #expect(throws: JSONError.self) {
                try JSONValue.parse([UInt8](repeating: byte, count: 1 << 20))
            }
        }
    }
}
