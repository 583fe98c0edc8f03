/// The contents of a `0x2::coin::Coin<T>`: id and balance, 40 bytes.
/// Source: `Docs/Sources.md#coins`.
enum CoinContents {
    static func balance(_ bcs: [UInt8], of id: ObjectID) throws(NodeAnswerFault) -> UInt64 {
        guard let (named, balance) = try? read(bcs), named == id else {
            throw .unusable("a coin that is none")
        }
        return balance
    }

    private static func read(_ bcs: [UInt8]) throws(SuiDecodingError) -> (ObjectID, UInt64) {
        var reader = SuiReader(bcs)
        let contents: (ObjectID, UInt64) = (try reader.value(), try reader.u64())
        try reader.finish()
        return contents
    }
}

extension StructTag {
    static func coin(of type: TypeTag) -> StructTag {
        StructTag(.framework, "coin", "Coin", [type])
    }

    static let suiCoin = coin(of: KnownCoin.sui.type)
}
