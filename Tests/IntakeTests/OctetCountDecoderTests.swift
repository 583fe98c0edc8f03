import Testing

@testable import Intake

@Suite struct OctetCountDecoderTests {
    /// Messages as text, `!` before the length of one that was too long.
    static func received(
        _ parts: [[UInt8]], _ decoder: inout OctetCountDecoder
    ) throws(FramingError) -> [String] {
        var texts: [String] = []
        for part in parts {
            let result = part.withUnsafeBufferPointer { bytes in
                Result { () throws(FramingError) in
                    try decoder.receive(bytes) { message in
                        switch message {
                        case .whole(let bytes): texts.append(String(decoding: bytes, as: UTF8.self))
                        case .tooLong(let count, let beginning):
                            texts.append("!\(count)")
                            #expect(beginning.count == min(count, OctetCountDecoder.keptCount))
                        }
                    }
                }
            }
            try result.get()
        }
        return texts
    }

    static func received(_ text: String) throws(FramingError) -> [String] {
        var decoder = OctetCountDecoder()
        return try received([Array(text.utf8)], &decoder)
    }

    @Test("the same messages come out, however the stream is cut", arguments: 1...40)
    func cuts(size: Int) throws {
        let stream = try RecordedStream.bytes()
        var decoder = OctetCountDecoder()
        let parts = stride(from: 0, to: stream.count, by: size).map {
            Array(stream[$0..<min($0 + size, stream.count)])
        }

        let lines = try RecordedStream.lines().map { String(decoding: $0, as: UTF8.self) }
        #expect(try Self.received(parts, &decoder) == lines)
        #expect(decoder.isBetweenMessages && decoder.heldCount == 0)
    }

    @Test func aMessageMayHoldWhatLooksLikeALength() throws {
        #expect(try Self.received("4 3 ab3 abc") == ["3 ab", "abc"])
        #expect(try Self.received("1 \n2 \n\n") == ["\n", "\n\n"])
    }

    @Test("one that is too long is passed over, and the next is read")
    func tooLong() throws {
        var decoder = OctetCountDecoder(maximumCount: 10)
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000)
        let stream = Array("10000000 ".utf8) + long + Array("3 abc11 01234567890".utf8)
        let parts = stride(from: 0, to: stream.count, by: 65_536).map {
            Array(stream[$0..<min($0 + 65_536, stream.count)])
        }

        #expect(try Self.received(parts, &decoder) == ["!10000000", "abc", "!11"])
    }

    @Test("no more is held than one message may have")
    func bounded() throws {
        var decoder = OctetCountDecoder(maximumCount: 10)
        _ = try Self.received([Array("10 012345678".utf8)], &decoder)
        #expect(decoder.heldCount == 9 && !decoder.isBetweenMessages)

        var passing = OctetCountDecoder(maximumCount: 10)
        let part = Array("999999999 ".utf8) + [UInt8](repeating: 65, count: 1_000_000)
        _ = try Self.received([part], &passing)
        #expect(passing.heldCount == OctetCountDecoder.keptCount)
    }

    @Test(
        "where no length is, nothing more is read",
        arguments: [
            (" 3 abc", FramingError.lengthExpected), ("0 ", .lengthExpected),
            ("03 abc", .lengthExpected), ("-3 abc", .lengthExpected), ("+3 abc", .lengthExpected),
            ("3\tabc", .lengthExpected), ("3abc", .lengthExpected), ("{\"v\":1}", .lengthExpected),
            ("<134>1 - -", .lengthExpected), ("\u{0}", .lengthExpected),
            ("1000000000 ", .lengthTooLong), ("99999999999999999999 ", .lengthTooLong),
            ("GET / HTTP/1.1\r\n", .lengthExpected),
        ])
    func broken(text: String, expected: FramingError) throws {
        var decoder = OctetCountDecoder()

        #expect(try Self.received([Array("2 ok".utf8)], &decoder) == ["ok"])
        #expect(throws: expected) { try Self.received([Array(text.utf8)], &decoder) }
        #expect(throws: expected) { try Self.received([Array("2 ok".utf8)], &decoder) }
        #expect(decoder.heldCount == 0)
    }
}
