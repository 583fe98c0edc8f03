public import Identifiers
public import Services

/// What a key gives: the value of its line in `api_keys.map`, as `customer;tier;rate;service`.
///
/// Nothing but numbers and words of enumerations, so that no value can say more to HAProxy or to
/// its runtime socket than it should.
public struct VaultGrant: Hashable, Sendable, CustomStringConvertible {
    public let customer: CustomerID
    public let tier: VaultTier
    /// Requests a second, bursts included; 0 when suspended.
    public let rate: Int
    public let service: ServiceType

    /// - Throws: ``VaultRefusal/rateOutOfRange(_:)`` outside 1…1,000,000.
    public init(
        customer: CustomerID, tier: ServiceTier, rate: Int, service: ServiceType
    ) throws(VaultRefusal) {
        guard (1...ServiceTier.highestRate).contains(rate) else { throw .rateOutOfRange(rate) }
        self.init(customer: customer, tier: .active(tier), rate: rate, service: service)
    }

    /// Of a customer who is answered 402.
    public static func suspended(customer: CustomerID, service: ServiceType) -> VaultGrant {
        VaultGrant(customer: customer, tier: .suspended, rate: 0, service: service)
    }

    /// Nil for any spelling but that of ``description``.
    public init?(_ text: some StringProtocol) {
        self.init(Array(text.utf8)[...])
    }

    /// As the other, from bytes: the files have a million of them.
    init?(_ bytes: ArraySlice<UInt8>) {
        var fields = bytes.split(
            separator: UInt8(ascii: ";"), maxSplits: 4, omittingEmptySubsequences: false)[...]
        guard fields.count == 4, let number = Self.number(fields.removeFirst()),
            let customer = CustomerID(Int64(number)),
            let tier = VaultTier(String(decoding: fields.removeFirst(), as: UTF8.self)),
            let rate = Self.number(fields.removeFirst()),
            let service = ServiceType(
                rawValue: String(decoding: fields.removeFirst(), as: UTF8.self))
        else { return nil }
        let range = tier == .suspended ? 0...0 : 1...ServiceTier.highestRate
        guard range.contains(rate) else { return nil }
        self.init(customer: customer, tier: tier, rate: rate, service: service)
    }

    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the bytes of ``description``.
    func append(to line: inout [UInt8]) {
        Self.append(Int(customer.number), to: &line)
        line.append(UInt8(ascii: ";"))
        line.append(contentsOf: tier.text.utf8)
        line.append(UInt8(ascii: ";"))
        Self.append(rate, to: &line)
        line.append(UInt8(ascii: ";"))
        line.append(contentsOf: service.rawValue.utf8)
    }

    /// Appends what the table's row has before the key.
    func appendStart(to row: inout [UInt8]) {
        Self.append(Int(customer.number), to: &row)
        row.append(UInt8(ascii: ","))
    }

    /// Appends what the table's row has after the key.
    func appendEnd(to row: inout [UInt8]) {
        row.append(UInt8(ascii: ","))
        Self.append(rate, to: &row)
        row.append(UInt8(ascii: ","))
        row.append(contentsOf: tier.text.utf8)
        row.append(UInt8(ascii: ","))
        row.append(contentsOf: service.rawValue.utf8)
    }

    /// - Returns: nil for "+1" and "01", which others take for numbers, too.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...10).contains(digits.count) else { return nil }
        guard digits.first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = 10 * number + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    /// - Parameter number: not negative.
    private static func append(_ number: Int, to text: inout [UInt8]) {
        var power = 1
        while number / power >= 10 { power *= 10 }
        while power > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
    }

    private init(customer: CustomerID, tier: VaultTier, rate: Int, service: ServiceType) {
        self.customer = customer
        self.tier = tier
        self.rate = rate
        self.service = service
    }
}
