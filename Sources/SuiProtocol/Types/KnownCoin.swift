/// A coin whose unit is known here, told by its whole type and never by its symbol.
public struct KnownCoin: Hashable, Sendable {
    public let type: TypeTag
    public let symbol: String
    /// Places after the point in one whole unit.
    public let decimals: Int

    public init(type: TypeTag, symbol: String, decimals: Int) {
        self.type = type
        self.symbol = symbol
        self.decimals = decimals
    }

    /// Source of the types: `Docs/Sources.md#coins`.
    public static let sui = KnownCoin(
        type: .structure(StructTag(.framework, "sui", "SUI")), symbol: "SUI", decimals: 9)
    public static let mainnetUSDC = usdc(
        "0xdba34672e30cb065b1f93e3ab55318768fd6fef66c15942c9f7cb846e2f900e7")
    public static let testnetUSDC = usdc(
        "0xa1ec7fc00a6f40db9693ad1415d0c193ad3906494428cf252621037bd7117e29")

    private static func usdc(_ package: StaticString) -> KnownCoin {
        guard let package = try? SuiAddress(parsing: "\(package)") else {
            preconditionFailure("a constant of this file is no address")
        }
        return usdc(.structure(StructTag(package, "usdc", "USDC")))
    }

    /// USDC under another type, as a private network has it.
    public static func usdc(_ type: TypeTag) -> KnownCoin {
        KnownCoin(type: type, symbol: "USDC", decimals: 6)
    }

    /// `1.5 USDC`, without needless zeros.
    public func text(_ amount: UInt64) -> String {
        let digits = String(amount)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var fraction = padded.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = padded.dropLast(decimals)
        return whole + (fraction.isEmpty ? "" : "." + fraction) + " " + symbol
    }
}
