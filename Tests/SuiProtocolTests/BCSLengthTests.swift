import ByteCodecs
import SuiProtocol
import Testing

@Suite struct BCSLengthTests {
    @Test("only the shortest form of a length below 2^32 is one")
    func uleb128() throws {
        for sample in try VectorFiles.json("published/uleb128.json")["cases"].items {
            var reader = BCSReader(try Hex.decode(try sample["hex"].text))
            if try sample["valid"] == true {
                let value = try #require(UInt32(try sample["value"].text))
                #expect(try reader.uleb128() == value)
                try reader.finish()
            } else {
                #expect(throws: BCSError.self, "\(sample)") {
                    _ = try reader.uleb128()
                    try reader.finish()
                }
            }
        }
    }
}
