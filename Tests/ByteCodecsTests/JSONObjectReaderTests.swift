import ByteCodecs
import Testing

@Suite struct JSONObjectReaderTests {
    let value: JSONValue = [
        "name": "n", "count": 3, "flag": true, "list": [1, 2], "none": nil,
        "inner": ["text": "t", "extra": 1],
    ]

    @Test func takesEachMemberAsWhatItIs() throws {
        var reader = try JSONObjectReader(value)

        #expect(try reader.string("name") == "n")
        #expect(try reader.integer("count") == 3)
        #expect(try reader.bool("flag"))
        #expect(try reader.array("list") == [1, 2])
        #expect(try reader.optionalString("none") == nil)
        #expect(try reader.optionalInteger("absent") == nil)
        #expect(reader.contains("none"))
        #expect(!reader.contains("absent"))
        var inner = try reader.object("inner")
        #expect(try inner.optionalString("text") == "t")
        try reader.finish()
        #expect(throws: JSONFieldError.unknown("inner.extra")) { try inner.finish() }
    }

    @Test func aMemberNobodyAskedForIsRefusedByName() throws {
        var reader = try JSONObjectReader(value)
        #expect(throws: JSONFieldError.unknown("name")) { try reader.finish() }
        _ = try reader.string("name")
        _ = reader.value("flag")
        #expect(throws: JSONFieldError.unknown("count")) { try reader.finish() }
    }

    @Test func whatIsMissingOrNullIsNamed() throws {
        var reader = try JSONObjectReader(value)

        #expect(throws: JSONFieldError.missing("absent")) { try reader.string("absent") }
        #expect(throws: JSONFieldError.missing("absent")) { try reader.object("absent") }
        let error = #expect(throws: JSONFieldError.self) { try reader.integer("none") }
        guard case .wrongType("none", _) = error else {
            Issue.record("null was not named: \(String(describing: error))")
            return
        }
    }

    @Test(
        "another type is refused, not converted",
        arguments: ["1", 1, true, [1], ["a": 1], .decimal("1.0")] as [JSONValue])
    func wrongTypes(member: JSONValue) throws {
        var reader = try JSONObjectReader(["m": member])
        var refused = 0
        do { _ = try reader.string("m") } catch { refused += 1 }
        do { _ = try reader.optionalInteger("m") } catch { refused += 1 }
        do { _ = try reader.bool("m") } catch { refused += 1 }
        do { _ = try reader.optionalArray("m") } catch { refused += 1 }
        do { _ = try reader.optionalObject("m") } catch { refused += 1 }

        #expect(refused == (member == .decimal("1.0") ? 5 : 4))
    }

    @Test(arguments: [nil, "text", 1, [], true] as [JSONValue])
    func onlyAnObjectHasMembers(value: JSONValue) {
        #expect(throws: JSONFieldError.notAnObject) { try JSONObjectReader(value) }
    }
}
