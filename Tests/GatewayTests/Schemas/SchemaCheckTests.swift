import ByteCodecs
import Testing

@testable import Gateway

@Suite struct SchemaCheckTests {
    private let schema = Schema.object([
        .init("name", .text(.displayName), ""),
        .init("size", .integer(1...200), required: false, ""),
        .init("kind", .nullable(.choice(["a", "b"])), required: false, ""),
        .init("on", .flag, required: false, ""),
        .init("id", .uuid, required: false, ""),
        .init(
            "lines", .list(.object([.init("x", .integer(0...9), "")]), atMost: 2), required: false,
            ""),
    ])

    private func fault(_ text: String) throws -> SchemaViolation? {
        let value = try JSONValue.parse(Array(text.utf8))
        do {
            try schema.check(value)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        arguments: [
            #"{"name":"n"}"#, #"{"name":"👩‍👩‍👧 Ada","size":200,"kind":null,"on":false}"#,
            #"{"lines":[{"x":1},{"x":9}],"name":"n"}"#,
            #"{"name":"n","id":"01890a5d-ac96-774b-bcce-b302099a8057"}"#,
        ])
    func acceptsWhatFits(text: String) throws {
        #expect(try fault(text) == nil)
    }

    @Test(
        "the member at fault is named",
        arguments: [
            (#"[]"#, ""), (#""x""#, ""), (#"null"#, ""), (#"{}"#, "name"),
            (#"{"name":null}"#, "name"),
            (#"{"name":1}"#, "name"), (#"{"name":""}"#, "name"), (#"{"name":"a\u0000"}"#, "name"),
            (#"{"name":"a\u0085"}"#, "name"), (#"{"name":"a","Name":"b"}"#, "Name"),
            (#"{"name":"a","extra":null}"#, "extra"), (#"{"name":"a","size":0}"#, "size"),
            (#"{"name":"a","size":201}"#, "size"), (#"{"name":"a","size":1.0}"#, "size"),
            (#"{"name":"a","size":"1"}"#, "size"), (#"{"name":"a","size":null}"#, "size"),
            (#"{"name":"a","kind":"c"}"#, "kind"), (#"{"name":"a","kind":{}}"#, "kind"),
            (#"{"name":"a","on":0}"#, "on"), (#"{"name":"a","id":"x"}"#, "id"),
            (#"{"name":"a","id":"01890A5D-AC96-774B-BCCE-B302099A8057"}"#, "id"),
            (#"{"name":"a","lines":{}}"#, "lines"),
            (#"{"name":"a","lines":[{"x":1},{}]}"#, "lines.1.x"),
            (#"{"name":"a","lines":[{"x":1,"y":2}]}"#, "lines.0.y"),
            (#"{"name":"a","lines":[{"x":1},{"x":1},{"x":1}]}"#, "lines"),
        ])
    func refusals(text: String, member: String) throws {
        #expect(try fault(text)?.member == member)
    }

    @Test func lengthCountsCodePoints() throws {
        #expect(try fault(#"{"name":"\#(String(repeating: "é", count: 64))"}"#) == nil)
        #expect(try fault(#"{"name":"\#(String(repeating: "é", count: 65))"}"#)?.member == "name")
    }

    @Test(
        "the expression in the document says what the check does",
        arguments: [
            TextShape.address, .nonce, .signature, .token, .displayName, .cursor, .problemCode,
            .chain(served: "sui:testnet"),
        ])
    func patterns(shape: TextShape) throws {
        let expression = try Regex(shape.pattern).matchingSemantics(.unicodeScalar)
        let samples = [
            "", "0x", "0x2", "0xAb", "0xg", "abc", "a b", "a\u{7F}", "a\u{85}", "é", "sui:testnet",
            " ", "\u{A0}\u{2003}", "\u{3164}", " a ", "a\u{200D}b", "\u{200B}", "a\u{202E}b",
            "\u{200F}", "\u{2066}a", "a\u{61C}", "\u{2800}", "a_b", "A_B", "a-b", "\n", "a\n",
            "\u{0}", "=", "~", "!",
            "0x" + String(repeating: "a", count: 64),
            "0x" + String(repeating: "a", count: 65), String(repeating: "f", count: 48),
            String(repeating: "f", count: 49), String(repeating: "z", count: 65),
            String(repeating: "z", count: 129), String(repeating: "z", count: 4097),
        ]
        for sample in samples {
            let matches = (try expression.wholeMatch(in: sample)) != nil
            #expect(matches == shape.accepts(sample), "\(sample.debugDescription) \(shape.pattern)")
        }
    }
}
