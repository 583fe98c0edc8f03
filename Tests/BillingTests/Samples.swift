import Billing
import Determinism
import FoundationEssentials
import Identifiers
import Services
import Testing

/// Chance that repeats: a failing case prints its seed. SplitMix64 (Steele, Lea, Flood 2014).
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &self)
    }
}

enum Sample {
    /// The file as it is shipped.
    static func shippedText() throws -> String {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = FileManager.default.contents(atPath: "/\(folder)/Config/pricebook.json")
        return String(decoding: try #require(bytes), as: UTF8.self)
    }

    /// What stands before and after the first `part` of it.
    static func shippedText(around part: String) throws -> (before: [UInt8], after: [UInt8]) {
        let text = try Array(shippedText().utf8)
        let part = Array(part.utf8)
        let start = try #require(text.indices.first { text[$0...].starts(with: part) })
        return (Array(text[..<start]), Array(text[(start + part.count)...]))
    }

    static func shipped() throws -> PriceBook {
        try PriceBook(parsing: Array(shippedText().utf8))
    }

    /// Two versions, the second from the middle of a leap February on, with prices that do not
    /// come out even and requests that are included.
    static func uneven() throws -> PriceBook {
        let second = try version(2, from: "2028-02-11", monthly: 23_000_001, price: 7, per: 3)
        return try PriceBook(
            parsing: book([version(1, from: "2027-01-01", monthly: 20_000_003), second]))
    }

    static func book(_ versions: [String]) -> [UInt8] {
        Array("{\"versions\": [\(versions.joined(separator: ","))]}".utf8)
    }

    static func version(
        _ number: Int, from date: String, monthly: Int = 20_000_000, price: Int = 11,
        per: Int = 7, included: Int = 10, slots: ClosedRange<Int> = 1...9
    ) throws -> String {
        """
        {"version": \(number), "effectiveFrom": "\(date)", "chargeThresholdMicroUsdc": "5000000",
        "services": [{"type": "seal", "title": "Seal",
        "availability": "available", "options": {
        "sealKeys": {"included": 1, "maximum": 9, "monthlyMicroUsdc": "5000000"},
        "packagesPerKey": {"included": 3, "maximum": 9, "monthlyMicroUsdc": "1000000"},
        "apiKeys": {"included": \(slots.lowerBound), "maximum": \(slots.upperBound),
        "monthlyMicroUsdc": "1000000"}},
        "tiers": [{"tier": "starter", "title": "Starter", "terms": {
        "monthlyMicroUsdc": "\(monthly)", "includedRequests": \(included),
        "requestPrice": {"amountMicroUsdc": "\(price)", "perRequests": \(per)},
        "requestsPerSecond": 100}},
        {"tier": "pro", "title": "Pro", "terms": {
        "monthlyMicroUsdc": "\(2 * monthly)", "includedRequests": \(included),
        "requestPrice": {"amountMicroUsdc": "\(price)", "perRequests": \(per)},
        "requestsPerSecond": 1000,
        "burst": {"monthlyMicroUsdc": "10000000", "requestsPerSecond": 2000}}}]}]}
        """
    }

    static func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    static func hour(_ text: String) throws -> Hour { Hour(containing: try time(text)) }

    static let starter = ServiceConfiguration(
        tier: .starter, hasBurst: false, sealKeys: 1, packagesPerKey: 3, apiKeys: 1)
    static let pro = ServiceConfiguration(
        tier: .pro, hasBurst: false, sealKeys: 1, packagesPerKey: 3, apiKeys: 1)

    static let rich = funds(balance: 1_000_000_000)

    static func funds(
        balance: Int64, held: Int64 = 0, accrued: Int64 = 0, pastDue: Int64 = 0,
        limit: Int64 = 0, charged: Int64 = 0
    ) -> Funds {
        Funds(
            balance: MicroUSDC(balance), held: MicroUSDC(held), accrued: MicroUSDC(accrued),
            pastDue: MicroUSDC(pastDue), spendingLimit: MicroUSDC(limit),
            periodCharged: MicroUSDC(charged))
    }

    static func invoice(_ lines: [InvoiceLine] = []) throws -> Invoice {
        let world = SimulatedWorld(seed: 7)
        var invoice = Invoice(
            id: InvoiceID(from: world.surroundings), customer: try #require(CustomerID(7)),
            openedAt: world.surroundings.now())
        try invoice.add(lines)
        return invoice
    }

    static func sum(_ lines: [InvoiceLine]) -> Int64 { lines.reduce(0) { $0 + $1.amount.units } }
}
