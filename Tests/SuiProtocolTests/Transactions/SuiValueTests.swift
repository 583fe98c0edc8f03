import ByteCodecs
import SuiProtocol
import Testing

/// BCS values, types and digests against published ones.
@Suite struct SuiValueTests {
    @Test("type tags, text and bytes, both ways")
    func typeTags() throws {
        for sample in try VectorFiles.json("published/bcs.json")["type_tags"].items {
            let text = try sample["type"].text
            let bytes = try Hex.decode(try sample["hex"].text)
            let tag = try TypeTag(parsing: text)

            #expect(tag.bcs == bytes, "\(text)")
            #expect(try TypeTag(bcs: bytes) == tag, "\(text)")
            #expect(try TypeTag(parsing: tag.description) == tag, "\(text)")
        }
    }

    @Test("the text is canonical, whatever spelling was read")
    func canonicalText() throws {
        let long = "0x" + String(repeating: "0", count: 63) + "2"
        let tag = try TypeTag(parsing: "0x02::table::Table<address, vector<u8>>")

        #expect(tag.description == "\(long)::table::Table<address,vector<u8>>")
        #expect(
            try TypeTag(parsing: "0X2::a::B".replacing("X", with: "x")).description
                == "\(long)::a::B")
        #expect(try StructTag(parsing: "0x2::sui::SUI").name == "SUI")
        #expect(throws: TypeTextError.notAStruct) { try StructTag(parsing: "vector<u8>") }
    }

    @Test(
        "texts that are no type",
        arguments: [
            "", " ", "u", "U8", "u512", "Bool", "vector", "vector<>", "vector<u8", "vector<u8>>",
            "vector<u8,u8>", "vector u8", "0x2", "0x2::sui", "0x2::sui::", "0x2:sui:SUI",
            "2::sui::SUI", "0x::sui::SUI", "0x2::1ui::SUI", "0x2::sui::SUI ", " 0x2::sui::SUI",
            "0x2::sui::SUI<>", "0x2::sui::SUI<u8,>", "0x2::sui::SUI<,u8>", "0x2::sui::SUI<u8,  u8>",
            "0x2::sui::SUI<u8 >", "0x2::sui::SUI< u8>", "0x2::sui::SUI<u8><u8>", "0x2::s-i::SUI",
            "0x2::sui::SÜI", "0x2::sui::_", "0x2::sui::SUI::x", "&u8", "u8\n", "u8\0",
            "0x" + String(repeating: "1", count: 65) + "::a::B",
        ])
    func badText(text: String) {
        #expect(throws: TypeTextError.self) { try TypeTag(parsing: text) }
    }

    @Test("text as deep as bytes may be, no deeper; a megabyte costs nothing")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "vector<", count: depth - 1) + "u8"
                + String(repeating: ">", count: depth - 1)
        }
        #expect(try TypeTag(parsing: nested(16)).depth == 16)
        for depth in [17, 18, 1000] {
            #expect(throws: TypeTextError.tooDeep(limit: 16)) {
                try TypeTag(parsing: nested(depth))
            }
        }
        #expect(throws: TypeTextError.tooLong) { try TypeTag(parsing: nested(140_000)) }
    }

    @Test("random types come back from bytes and from text", arguments: 0..<60)
    func randomTypes(seed: UInt64) throws {
        let tag = try Chance(seed: seed).type()

        #expect(try TypeTag(bcs: tag.bcs) == tag)
        #expect(try TypeTag(parsing: tag.description) == tag)
        #expect(tag.depth <= TypeTag.depthLimit)
    }

    @Test("digests: Base58 of 32 bytes, BCS with their length")
    func digests() throws {
        for sample in try VectorFiles.json("published/bcs.json")["base58_digests"].items {
            let text = try sample["base58"].text
            let digest = try TransactionDigest(parsing: text)

            #expect(Hex.encode(digest.bytes) == (try sample["hex"].text))
            #expect(digest.description == text)
            #expect(digest.bcs == [32] + digest.bytes)
        }
    }

    @Test(
        "texts that are no digest",
        arguments: [
            ("", DigestTextError.wrongLength), ("1", .wrongLength),
            ("1111111111111111111111111111111", .wrongLength),
            ("111111111111111111111111111111111", .wrongLength),
            ("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH", .wrongLength),
            ("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFGG", .wrongLength),
            ("0x35834a8ac17ca48fb14ac8f99c17c9", .notBase58),
            ("4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6O", .notBase58),
            ("4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6 ", .notBase58),
        ])
    func badDigests(text: String, error: DigestTextError) {
        #expect(throws: error) { try TransactionDigest(parsing: text) }
    }

    @Test("one value has another digest as another kind of thing")
    func salts() {
        let digests = [
            TransactionDigest(hashing: [1]).bytes, ObjectDigest(hashing: [1]).bytes,
            EffectsDigest(hashing: [1]).bytes, EventsDigest(hashing: [1]).bytes,
            CheckpointDigest(hashing: [1]).bytes, CheckpointContentsDigest(hashing: [1]).bytes,
        ]
        #expect(Set(digests).count == 6)
    }

    @Test("networks, in the long, the short and the CAIP-2 form")
    func chains() throws {
        let mainnet = "4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"
        #expect(try ChainIdentifier(parsing: mainnet) == .mainnet)
        #expect(ChainIdentifier.mainnet.genesis.description == mainnet)
        #expect(
            ChainIdentifier.testnet.genesis.description
                == "69WiPg3DAQiwdxfncX6wYQ2siKwAe6L9BZthQea3JNMD")
        #expect(ChainIdentifier.mainnet.shortForm == "35834a8a")
        #expect(ChainIdentifier.testnet.caip2 == "sui:4c78adac")
        #expect(ChainIdentifier(of: .mainnet) == .mainnet && ChainIdentifier(of: .localnet) == nil)
        #expect(ChainIdentifier.mainnet.isNamed(by: mainnet))
        #expect(ChainIdentifier.mainnet.isNamed(by: "35834a8a"))
        for text in ["4c78adac", "35834A8A", "", "0x35834a8a", "35834a8", mainnet + " "] {
            #expect(!ChainIdentifier.mainnet.isNamed(by: text))
        }
    }

    @Test("values as the command builder writes them")
    func pureValues() throws {
        for sample in try VectorFiles.json("published/bcs.json")["values"].items {
            let type = try sample["type"].text
            guard case .string(let value) = try sample["value"] else { continue }
            let made: PureValue? =
                switch type {
                case "u8": UInt8(value).map(PureValue.u8)
                case "u16": UInt16(value).map(PureValue.u16)
                case "u32": UInt32(value).map(PureValue.u32)
                case "u64": UInt64(value).map(PureValue.u64)
                case "u128": UInt128(value).map(PureValue.u128)
                case "u256": .u256(try UInt256(decimal: value))
                case "bool": .bool(value == "true")
                case "string": .string(value)
                case "address": .address(try SuiAddress(parsing: value))
                case "option<u64>": .option(UInt64(value).map(PureValue.u64))
                case "option<address>": .option(.address(try SuiAddress(parsing: value)))
                case "vector<u8>":
                    .bytes(
                        try Hex.decode(value.hasPrefix("hex ") ? value.dropFirst(4) : value[...]))
                default: nil
                }
            guard let made else { continue }
            #expect(Hex.encode(made.bytes) == (try sample["hex"].text), "\(type) \(value)")
        }
        #expect(
            PureValue.vector([.u64(1), .u64(2), .u64(3)]).bytes
                == (try Hex.decode("03010000000000000002000000000000000300000000000000")))
        #expect(PureValue.option(nil).bytes == [0])
    }

    @Test("bytes that published rules refuse")
    func invalid() throws {
        for sample in try VectorFiles.json("published/bcs.json")["invalid"].items {
            let bytes = try Hex.decode(try sample["hex"].text)
            let type = try sample["type"].text
            #expect(throws: SuiDecodingError.self, "\(type) \(bytes)") {
                var reader = SuiReader(bytes)
                switch type {
                case "bool": _ = try reader.bool()
                case "option<u8>":
                    _ = try reader.option { reader throws(SuiDecodingError) in try reader.byte() }
                case "u64": _ = try reader.u64()
                case "string": _ = try reader.string()
                default: _ = try reader.byteVector()
                }
                try reader.finish()
            }
        }
    }
}
