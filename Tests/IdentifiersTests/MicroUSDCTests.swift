import Identifiers
import Testing

@Suite struct MicroUSDCTests {
    @Test(
        "an amount's text is read and written back the same",
        arguments: [("0", 0), ("1", 1), ("1500000", 1_500_000), ("9223372036854775807", Int64.max)])
    func read(text: String, units: Int64) throws {
        let amount = try MicroUSDC(parsing: text)
        #expect(amount.units == units)
        #expect(amount.description == text)
    }

    @Test(
        "any other spelling of an amount is refused",
        arguments: [
            ("", AmountError.empty), ("-1", .notDigits), ("+1", .notDigits), ("1.0", .notDigits),
            ("1e6", .notDigits), (" 1", .notDigits), ("1 ", .notDigits), ("0x10", .notDigits),
            ("1_000", .notDigits), ("١", .notDigits), ("00", .leadingZero), ("01", .leadingZero),
            ("9223372036854775808", .tooLarge), ("18446744073709551616", .tooLarge),
            (String(repeating: "9", count: 400), .tooLarge),
        ])
    func refused(text: String, error: AmountError) {
        #expect(throws: error) { try MicroUSDC(parsing: text) }
        #expect(throws: error) { try MicroUSDC(moving: text) }
    }

    @Test("nothing moves nothing")
    func zero() throws {
        #expect(throws: AmountError.zero) { try MicroUSDC(moving: "0") }
        #expect(try MicroUSDC(moving: "1") == MicroUSDC(1))
    }

    @Test("a sum that does not fit is an error, at either end")
    func overflow() throws {
        let most = MicroUSDC(Int64.max)
        let least = MicroUSDC(Int64.min)
        #expect(throws: AmountError.tooLarge) { try most.adding(MicroUSDC(1)) }
        #expect(throws: AmountError.tooLarge) { try least.subtracting(MicroUSDC(1)) }
        #expect(throws: AmountError.tooLarge) { try least.adding(MicroUSDC(-1)) }
        #expect(try most.adding(least) == MicroUSDC(-1))
        #expect(try MicroUSDC(2).subtracting(MicroUSDC(5)) == MicroUSDC(-3))
        #expect(MicroUSDC(onChain: UInt64(1) << 63) == nil)
        #expect(MicroUSDC(onChain: UInt64(1) << 63 - 1) == .max)
    }

    @Test(
        "an account's id has one spelling",
        arguments: [
            "", "0x", "0x1", String(repeating: "a", count: 66),
            "0X" + String(repeating: "a", count: 64),
            "0x" + String(repeating: "A", count: 64), "0x" + String(repeating: "g", count: 64),
            "0x" + String(repeating: "a", count: 65),
        ])
    func accountText(text: String) {
        #expect(AccountID(text) == nil)
        let good = "0x" + String(repeating: "0a", count: 32)
        #expect(AccountID(good)?.description == good)
        #expect(AccountID(bytes: [1, 2, 3]) == nil)
    }
}
