import ByteCodecs
import Testing

@Suite struct JSONWritingTests {
    private func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }

    @Test func isCompactAndKeepsTheOrder() {
        let value: JSONValue = [
            "z": 1, "a": [nil, true, false, "x"], "m": ["k": -9_223_372_036_854_775_808],
            "e": [:], "f": [],
        ]

        #expect(
            text(value)
                == "{\"z\":1,\"a\":[null,true,false,\"x\"],\"m\":{\"k\":-9223372036854775808},"
                + "\"e\":{},\"f\":[]}")
    }

    @Test func escapesWhatMustBeEscapedAndNothingElse() {
        let controls = String(String.UnicodeScalarView((0..<32).compactMap(Unicode.Scalar.init)))

        #expect(text("\"\\/é😀\u{7F}") == "\"\\\"\\\\/é😀\u{7F}\"")
        #expect(
            text(.string(controls))
                == "\"\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\b\\t\\n\\u000b\\f\\r"
                + "\\u000e\\u000f\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018"
                + "\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f\"")
        #expect(text(["a\"b": 1]) == "{\"a\\\"b\":1}")
    }

    @Test("what was written is read again as the same value")
    func roundTrip() throws {
        let value: JSONValue = [
            "text": "a\u{0}\n\"\\é😀", "numbers": [0, -1, .decimal("1.50"), .integer(.max)],
            "nested": [[["deep": nil]]],
        ]
        #expect(try JSONValue.parse(value.serialized()) == value)
    }

    @Test(
        "a number that is none cannot smuggle text into the output",
        arguments: [
            "", "1,\"admin\":true", "1 ", "NaN", "01", "--1", "1\n",
        ])
    func falseNumbers(number: String) throws {
        #expect(try JSONValue.parse(JSONValue.decimal(number).serialized()) == .string(number))
    }

    @Test func aMemberSetTwiceStandsOnce() {
        var object: JSONObject = ["a": 1, "b": 2, "a": 3]
        object["c"] = 4
        object["b"] = nil
        object["x"] = nil

        #expect(text(.object(object)) == "{\"a\":3,\"c\":4}")
        #expect(object["b"] == nil)
    }
}
