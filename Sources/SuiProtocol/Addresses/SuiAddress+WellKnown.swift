/// Packages and objects that are on every network. Source: `Docs/Sources.md#addresses`.
extension SuiAddress {
    /// `0x1`, the Move library.
    public static let moveLibrary = SuiAddress(number: 1)
    /// `0x2`, Sui's own package: coins, balances, the clock.
    public static let framework = SuiAddress(number: 2)
    /// `0x5`, the state of the system.
    public static let systemState = SuiAddress(number: 5)
    /// `0x6`, the shared clock.
    public static let clock = SuiAddress(number: 6)

    private init(number: UInt8) {
        self.init(counted: [UInt8](repeating: 0, count: 31) + [number])
    }

    /// `0x` and the digits without leading zeros, for people: `0x2`.
    public var abbreviated: String {
        let digits = description.utf8.dropFirst(2).drop { $0 == UInt8(ascii: "0") }
        return "0x" + (digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self))
    }
}

/// An object's id: of the same form as an address, and in one name space with them.
public typealias ObjectID = SuiAddress
