/// Money: whole micro-USDC, 10⁻⁶ USDC. Balances may be negative; what moves is positive.
///
/// No operator adds or subtracts: a sum that does not fit is an error that the caller names.
public struct MicroUSDC: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let zero = MicroUSDC(0)
    /// 2⁶³ − 1, the contract's limit as well.
    public static let max = MicroUSDC(.max)

    public let units: Int64

    public init(_ units: Int64) { self.units = units }

    /// Nil above 2⁶³ − 1.
    public init?(onChain units: UInt64) {
        guard let units = Int64(exactly: units) else { return nil }
        self.units = units
    }

    /// Reads the text of the HTTP contract: decimal digits alone, no leading zeros.
    public init(parsing text: String) throws(AmountError) {
        let digits = text.utf8
        guard let first = digits.first else { throw .empty }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw .notDigits
        }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { throw .leadingZero }
        guard let units = Int64(text) else { throw .tooLarge }
        self.units = units
    }

    /// As ``init(parsing:)``, for an amount that is to move: never zero.
    public init(moving text: String) throws(AmountError) {
        try self.init(parsing: text)
        guard units > 0 else { throw .zero }
    }

    public static func < (left: MicroUSDC, right: MicroUSDC) -> Bool { left.units < right.units }

    /// - Throws: ``AmountError/tooLarge``, below −2⁶³ as well.
    public func adding(_ other: MicroUSDC) throws(AmountError) -> MicroUSDC {
        let (sum, didOverflow) = units.addingReportingOverflow(other.units)
        guard !didOverflow else { throw .tooLarge }
        return MicroUSDC(sum)
    }

    /// - Throws: ``AmountError/tooLarge``, below −2⁶³ as well.
    public func subtracting(_ other: MicroUSDC) throws(AmountError) -> MicroUSDC {
        let (difference, didOverflow) = units.subtractingReportingOverflow(other.units)
        guard !didOverflow else { throw .tooLarge }
        return MicroUSDC(difference)
    }

    /// Decimal digits, the form of the HTTP contract.
    public var description: String { String(units) }
}
