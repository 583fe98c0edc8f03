import ByteCodecs
import Testing

@Suite struct BCSTests {
    @Test(
        "ULEB128 in its shortest form, both ways",
        arguments: [
            (UInt32(0), "00"), (1, "01"), (127, "7f"), (128, "8001"), (129, "8101"), (255, "ff01"),
            (256, "8002"), (300, "ac02"), (16383, "ff7f"), (16384, "808001"), (65535, "ffff03"),
            (65536, "808004"), (2_097_151, "ffff7f"), (2_097_152, "80808001"),
            (268_435_455, "ffffff7f"), (268_435_456, "8080808001"), (2_147_483_648, "8080808008"),
            (4_294_967_295, "ffffffff0f"),
        ])
    func uleb(value: UInt32, hex: String) throws {
        var writer = BCSWriter()
        writer.uleb128(value)
        var reader = try BCSReader(Hex.decode(hex))

        #expect(Hex.encode(writer.bytes) == hex)
        #expect(try reader.uleb128() == value)
        try reader.finish()
    }

    @Test(
        "other forms of a ULEB128 number are refused",
        arguments: [
            ("8000", BCSError.ulebNotCanonical), ("8100", .ulebNotCanonical),
            ("ff8000", .ulebNotCanonical), ("80808000", .ulebNotCanonical),
            ("8080808000", .ulebNotCanonical), ("ffffffff10", .ulebTooLarge),
            ("8080808010", .ulebTooLarge), ("ffffffff1f", .ulebTooLarge),
            ("808080808001", .ulebTooLarge), ("ffffffff8f00", .ulebTooLarge),
            ("80", .endOfInput), ("", .endOfInput), ("80808080", .endOfInput),
        ])
    func badUleb(hex: String, error: BCSError) throws {
        var reader = try BCSReader(Hex.decode(hex))
        #expect(throws: error) { try reader.uleb128() }
    }

    @Test func aWholeValueComesBack() throws {
        var writer = BCSWriter()
        writer.byte(7)
        writer.u16(3856)
        writer.u32(0x8000_0001)
        writer.u64(.max - 1)
        writer.bool(true)
        writer.string("sui é")
        writer.vector(["a", "bc"]) { $0.string($1) }
        writer.option(UInt64(5)) { $0.u64($1) }
        writer.option(UInt64?.none) { $0.u64($1) }
        writer.raw([9, 9])

        #expect(
            Hex.encode(writer.bytes)
                == "07100f01000080feffffffffffffff0106737569" + "20c3a9"
                + "020161026263" + "010500000000000000" + "00" + "0909")
        var reader = BCSReader(writer.bytes)
        #expect(try reader.byte() == 7)
        #expect(try reader.u16() == 3856)
        #expect(try reader.u32() == 0x8000_0001)
        #expect(try reader.u64() == .max - 1)
        #expect(try reader.bool())
        #expect(try reader.string() == "sui é")
        #expect(
            try reader.vector { element throws(BCSError) in try element.string() } == ["a", "bc"])
        #expect(try reader.option { value throws(BCSError) in try value.u64() } == 5)
        #expect(try reader.option { value throws(BCSError) in try value.u64() } == nil)
        #expect(throws: BCSError.trailingBytes(2)) { try reader.finish() }
        #expect(try reader.bytes(count: 2) == [9, 9])
        try reader.finish()
    }

    @Test("a length is held against the input before memory is taken")
    func lengths() throws {
        for hex in ["ffffffff0f00", "ffffffff07", "020a", "8001"] {
            let bytes = try Hex.decode(hex)
            var vector = BCSReader(bytes)
            var string = BCSReader(bytes)
            var elements = BCSReader(bytes)
            #expect(throws: BCSError.self) { try vector.byteVector() }
            #expect(throws: BCSError.self) { try string.string() }
            #expect(throws: BCSError.self) {
                try elements.vector { element throws(BCSError) in try element.byte() }
            }
        }
        var reader = try BCSReader(Hex.decode("ffffffff0f00"))
        #expect(throws: BCSError.lengthExceedsInput(length: 4_294_967_295, remaining: 1)) {
            try reader.byteVector()
        }
    }

    @Test(arguments: ["02", "ff", "80"])
    func truthAndOptionsAreZeroOrOne(hex: String) throws {
        let bytes = try Hex.decode(hex + "00")
        var bool = BCSReader(bytes)
        var option = BCSReader(bytes)

        #expect(throws: BCSError.invalidBool(bytes[0])) { try bool.bool() }
        #expect(throws: BCSError.invalidBool(bytes[0])) {
            try option.option { value throws(BCSError) in try value.byte() }
        }
    }

    @Test(
        "text must be UTF-8",
        arguments: ["01ff", "01c3", "02c080", "03eda080", "04f4908080", "0180"])
    func badUTF8(hex: String) throws {
        var reader = try BCSReader(Hex.decode(hex))
        #expect(throws: BCSError.invalidUTF8) { try reader.string() }
    }

    @Test func whatEndsTooEarlyIsRefused() {
        var reader = BCSReader([1])

        #expect(throws: BCSError.endOfInput) { try reader.u16() }
        #expect(throws: BCSError.endOfInput) { try reader.u32() }
        #expect(throws: BCSError.endOfInput) { try reader.u64() }
        #expect(throws: BCSError.endOfInput) { try reader.bytes(count: 2) }
        #expect(throws: BCSError.endOfInput) { try reader.bytes(count: .max) }
        #expect(throws: BCSError.endOfInput) { try reader.bytes(count: -1) }
        #expect(throws: BCSError.trailingBytes(1)) { try reader.finish() }
    }
}
