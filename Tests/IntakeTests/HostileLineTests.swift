import Determinism
import Testing

@testable import Intake

@Suite struct HostileLineTests {
    static func refusal(_ bytes: [UInt8]) -> LineRefusal? {
        do {
            _ = try RequestLine(parsing: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "a number is a number: digits, without sign, padding, fraction, exponent",
        arguments: [
            ("\"82\"", LineRefusal.wrongType(.bytesIn)), ("-1", .negative(.bytesIn)),
            ("-9223372036854775808", .negative(.bytesIn)), ("+82", .malformed(.bytesIn)),
            ("082", .malformed(.bytesIn)), ("8.2", .malformed(.bytesIn)),
            ("8e2", .malformed(.bytesIn)), ("0x8", .malformed(.bytesIn)),
            (" 82", .malformed(.bytesIn)), ("82 ", .malformed(.bytesIn)),
            ("", .malformed(.bytesIn)), ("null", .wrongType(.bytesIn)),
            ("true", .wrongType(.bytesIn)), ("{\"a\":1}", .wrongType(.bytesIn)),
            ("[82]", .wrongType(.bytesIn)), ("1125899906842625", .outOfRange(.bytesIn)),
            ("9223372036854775808", .outOfRange(.bytesIn)),
            ("18446744073709551698", .outOfRange(.bytesIn)), ("NaN", .malformed(.bytesIn)),
            ("\u{0664}", .malformed(.bytesIn)),
        ])
    func numbers(value: String, expected: LineRefusal) {
        #expect(Self.refusal(LineText.with(.bytesIn, value)) == expected)
    }

    @Test(
        "each member has its own bounds",
        arguments: [
            (LineField.version, "2", LineRefusal.unsupportedVersion),
            (.time, "253402300800000", .outOfRange(.time)), (.time, "-1", .negative(.time)),
            (.number, "4294967296", .outOfRange(.number)), (.number, "-1", .negative(.number)),
            (.process, "2147483648", .outOfRange(.process)),
            (.status, "99", .outOfRange(.status)), (.status, "600", .outOfRange(.status)),
            (.status, "-2", .negative(.status)), (.status, "\"200\"", .wrongType(.status)),
            (.bytesOut, "-1", .negative(.bytesOut)), (.active, "-2", .negative(.active)),
            (.active, "-10", .negative(.active)), (.queue, "2147483648", .outOfRange(.queue)),
        ])
    func bounds(field: LineField, value: String, expected: LineRefusal) {
        #expect(Self.refusal(LineText.with(field, value)) == expected)
    }

    @Test(
        "a text is of its own characters and length, without escapes",
        arguments: [
            (LineField.edge, "\"\"", LineRefusal.malformed(.edge)),
            (.edge, "\"edge 1\"", .malformed(.edge)), (.edge, "\"e\\u0031\"", .malformed(.edge)),
            (.edge, "\"../1\"", .malformed(.edge)), (.edge, "\"é\"", .malformed(.edge)),
            (.edge, "1", .wrongType(.edge)), (.edge, "null", .wrongType(.edge)),
            (.edge, "\"\(String(repeating: "e", count: 65))\"", .outOfRange(.edge)),
            (.frontend, "\"a;b\"", .malformed(.frontend)),
            (.id, "\"-\"", .malformed(.id)),
            (.id, "\"6C02E0B8-4A35-4E6B-9A4E-0B9C3F5F0A11\"", .malformed(.id)),
            (.id, "\"6c02e0b84a354e6b9a4e0b9c3f5f0a11\"", .malformed(.id)),
            (.id, "\"6c02e0b8-4a35-4e6b-9a4e-0b9c3f5f0a111\"", .outOfRange(.id)),
            (.key, "\"abc\"", .malformed(.key)),
            (.key, "\"\(LineText.key.uppercased())\"", .malformed(.key)),
            (.key, "\"\(LineText.key)0\"", .outOfRange(.key)),
            (.service, "\"se al\"", .malformed(.service)),
            (.method, "\"G\\\"ET\"", .malformed(.method)),
            (.method, "\"\(String(repeating: "M", count: 17))\"", .outOfRange(.method)),
            (.method, "{\"a\":\"b\"}", .wrongType(.method)),
        ])
    func texts(field: LineField, value: String, expected: LineRefusal) {
        #expect(Self.refusal(LineText.with(field, value)) == expected)
    }

    @Test("no member may be missing", arguments: LineField.allCases.dropLast())
    func missing(field: LineField) throws {
        #expect(Self.refusal(LineText.without(field)) == .missing(field))
    }

    @Test("every beginning of a line is refused, and none is read past its end")
    func cut() {
        let line = LineText.with()
        for count in 0..<line.count {
            #expect(Self.refusal(Array(line.prefix(count))) != nil)
        }
    }

    @Test("members twice, swapped or added are refused")
    func order() {
        let line = String(decoding: LineText.with(), as: UTF8.self)
        let twice = line.dropLast() + ",\"status\":500}"
        let before = "{\"customer\":1," + line.dropFirst()

        #expect(Self.refusal(Array(twice.utf8))?.code == "line_trailing_bytes")
        #expect(Self.refusal(Array(before.utf8)) == .missing(.version))
        #expect(Self.refusal(LineText.with(.status, "200,\"status\":500")) == .missing(.bytesIn))
    }

    @Test("NUL and broken UTF-8 are named, wherever they stand")
    func encodings() {
        let line = LineText.with()
        var nul = line
        nul[90] = 0
        #expect(Self.refusal(nul) == .nulByte(offset: 90))
        #expect(Self.refusal(line + [0]) == .nulByte(offset: line.count))
        for broken: [UInt8] in [
            [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
        ] {
            #expect(Self.refusal(line + broken) == .invalidUTF8)
            #expect(Self.refusal(Array(line[..<60]) + broken + Array(line[60...])) == .invalidUTF8)
        }
    }

    @Test("ten megabytes and a million brackets cost no more than a look at their length")
    func bombs() {
        let huge = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000_000)
        #expect(Self.refusal(huge) == .tooLong(maximum: 2048, actual: 10_000_000))
        let bomb = Array("{\"v\":".utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 2000)
        #expect(Self.refusal(bomb) == .wrongType(.version))
        #expect(
            Self.refusal([UInt8](repeating: UInt8(ascii: "{"), count: 1_000_000))
                == .tooLong(maximum: 2048, actual: 1_000_000))
    }

    @Test(
        "what is no line of ours is told from what is a broken one",
        arguments: [
            ("", LineRefusal.empty), ("\n", .empty), ("null", .notAnObject), ("[]", .notAnObject),
            ("Proxy seal stopped (cumulated conns: FE: 10, BE: 0).", .notAnObject),
            ("<134>Nov 21 07:30:00 haproxy[1]: {\"v\":1", .notAnObject), ("{}", .missing(.version)),
        ])
    func strangers(text: String, expected: LineRefusal) {
        #expect(Self.refusal(Array(text.utf8)) == expected)
    }

    @Test("a changed byte is refused, or changes a value: nothing crashes, and nothing is added")
    func mutations() throws {
        let lines = try RecordedStream.lines()
        let chance = SimulatedWorld(seed: 4).surroundings
        for round in 0..<20_000 {
            var line = lines[round % lines.count]
            let random = chance.randomBytes(3)
            let place = (Int(random[0]) << 8 | Int(random[1])) % line.count
            line[place] = random[2]
            guard let taken = try? RequestLine(parsing: line) else { continue }
            #expect(taken.bytesIn >= 0 && taken.bytesOut >= 0)
            #expect(taken.edge.utf8.allSatisfy { $0 < 0x80 })
        }
    }
}
