import Billing
import ByteCodecs
import Determinism
import Identifiers
import Services
import Testing

@Suite struct PriceBookTests {
    @Test func shippedPricesAreThoseOfTheCatalogue() throws {
        let version = try #require(
            Sample.shipped().version(at: Sample.time("2026-11-21T00:00:00Z")))
        let seal = try version.prices(of: .seal)

        #expect(try version.monthlyFee(of: Sample.starter, for: .seal) == MicroUSDC(20_000_000))
        #expect(try version.monthlyFee(of: Sample.pro, for: .seal) == MicroUSDC(40_000_000))
        #expect(try seal.terms(of: .starter).cost(of: 1, after: 0) == MicroUSDC(100))
        #expect(try seal.terms(of: .pro).requestsPerSecond == 1000)
        #expect(version.chargeThreshold == MicroUSDC(5_000_000))
        #expect(throws: ConfigurationRefusal.tierByAgreement(.enterprise)) {
            try seal.terms(of: .enterprise)
        }
    }

    @Test func everyOptionHasItsPriceAndWhatIsIncludedHasNone() throws {
        let version = try #require(Sample.shipped().versions.first)
        let wanted = ServiceConfiguration(
            tier: .pro, hasBurst: true, sealKeys: 3, packagesPerKey: 5, apiKeys: 4)
        let items = try version.prices(of: .seal).items(of: wanted)

        #expect(items.map(\.quantity) == [1, 1, 2, 6, 3])
        #expect(
            try version.monthlyFee(of: wanted, for: .seal)
                == MicroUSDC(40_000_000 + 10_000_000 + 10_000_000 + 6_000_000 + 3_000_000))
    }

    @Test(
        "a configuration that is not sold is refused by name",
        arguments: [
            (ServiceType.grpc, Sample.starter, ConfigurationRefusal.serviceNotSold(.grpc)),
            (.seal, changed { $0.tier = .enterprise }, .tierByAgreement(.enterprise)),
            (.seal, changed { $0.hasBurst = true }, .burstNotSold(.starter)),
            (
                .seal, changed { $0.sealKeys = 0 },
                .outOfRange(.sealKeys, minimum: 1, maximum: 100)
            ),
            (
                .seal, changed { $0.sealKeys = .max },
                .outOfRange(.sealKeys, minimum: 1, maximum: 100)
            ),
            (
                .seal, changed { $0.packagesPerKey = 2 },
                .outOfRange(.packagesPerKey, minimum: 3, maximum: 100)
            ),
            (
                .seal, changed { $0.apiKeys = -1 },
                .outOfRange(.apiKeys, minimum: 1, maximum: 100)
            ),
        ])
    func refusedConfiguration(
        service: ServiceType, wanted: ServiceConfiguration, refusal: ConfigurationRefusal
    ) throws {
        let version = try #require(Sample.shipped().versions.first)

        #expect(throws: refusal) { try version.prices(of: service).check(wanted) }
    }

    private static func changed(
        _ change: (inout ServiceConfiguration) -> Void
    ) -> ServiceConfiguration {
        var configuration = Sample.starter
        change(&configuration)
        return configuration
    }

    private static let tier = "versions[0].services[0].tiers[0]"
    private static let service = "versions[0].services[0]"

    @Test(
        "an error refuses the book whole, with its place and line",
        arguments: [
            ("\"20000000\"", "20000000", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "\"-20000000\"", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "\"020000000\"", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "\"2e7\"", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "\"1000000000001\"", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "\"99999999999999999999\"", "\(tier).terms.monthlyMicroUsdc"),
            ("\"20000000\"", "null", "\(tier).terms.monthlyMicroUsdc"),
            ("\"5000000\",", "\"0\",", "versions[0].chargeThresholdMicroUsdc"),
            (
                "\"includedRequests\": 0", "\"includedRequests\": -1",
                "\(tier).terms.includedRequests"
            ),
            (
                "\"includedRequests\": 0", "\"includedRequests\": 0.5",
                "\(tier).terms.includedRequests"
            ),
            (
                "\"perRequests\": 10000", "\"perRequests\": 0",
                "\(tier).terms.requestPrice.perRequests"
            ),
            (
                "\"requestsPerSecond\": 100", "\"requestsPerSecond\": 0",
                "\(tier).terms.requestsPerSecond"
            ),
            (
                "\"requestsPerSecond\": 100", "\"requestsPerSecond\": 1000001",
                "\(tier).terms.requestsPerSecond"
            ),
            (
                "\"requestsPerSecond\": 2000", "\"requestsPerSecond\": 1000001",
                "versions[0].services[0].tiers[1].terms.burst.requestsPerSecond"
            ),
            (
                "\"requestsPerSecond\": 2000", "\"requestsPerSecond\": 1000",
                "versions[0].services[0].tiers[1].terms.burst.requestsPerSecond"
            ),
            ("\"maximum\": 100", "\"maximum\": 0", "\(service).options.sealKeys.maximum"),
            ("\"maximum\": 100", "\"maximum\": 1001", "\(service).options.sealKeys.maximum"),
            ("\"tier\": \"starter\"", "\"tier\": \"gold\"", "\(tier).tier"),
            ("\"type\": \"seal\"", "\"type\": \"sael\"", "\(service).type"),
            ("\"title\": \"Starter\"", "\"title\": \"\"", "\(tier).title"),
            ("\"title\": \"Starter\"", "\"title\": \"Stärter\"", "\(tier).title"),
            ("\"title\": \"Starter\"", "\"title\": \"Starter\", \"x\": 1", "\(tier).x"),
            ("2026-01-01", "2026-02-29", "versions[0].effectiveFrom"),
            ("2026-01-01", "2026-1-1", "versions[0].effectiveFrom"),
            ("2026-01-01", "2026-01-01T00:00:00Z", "versions[0].effectiveFrom"),
            ("\"version\": 1", "\"version\": 0", "versions[0].version"),
            ("\"tier\": \"pro\"", "\"tier\": \"starter\"", "versions[0].services[0].tiers[1]"),
            ("\"type\": \"grpc\"", "\"type\": \"seal\"", "versions[0].services[1]"),
            (
                "\"coming_soon\"", "\"coming_soon\", \"tiers\": []",
                "versions[0].services[1].tiers"
            ),
        ])
    func refusedText(old: String, new: String, place: String) throws {
        let (before, after) = try Sample.shippedText(around: old)
        let wanted = 1 + before.count { $0 == UInt8(ascii: "\n") }

        let error = try #require(throws: PriceBookError.self) {
            try PriceBook(parsing: before + Array(new.utf8) + after)
        }
        #expect(error.place == place)
        // What is wrong as a whole is named by the line where it starts.
        let isWhole = place.hasSuffix("]")
        #expect(isWhole ? error.line <= wanted && error.line >= wanted - 1 : error.line == wanted)
    }

    @Test func noBurstIsAboveTheHighestRate() throws {
        let (before, after) = try Sample.shippedText(around: "\"requestsPerSecond\": 1000,")
        let highest = Array("\"requestsPerSecond\": 1000000,".utf8)

        let error = try #require(throws: PriceBookError.self) {
            try PriceBook(parsing: before + highest + after)
        }
        #expect(
            error.place == "versions[0].services[0].tiers[1].terms.burst.requestsPerSecond")
    }

    @Test(
        "what is no book at all is refused",
        arguments: [
            "", "{", "[]", "null", "{\"versions\": []}", "{\"versions\": {}}",
            "{\"versions\": [1]}",
            "\u{FEFF}{\"versions\": []}", "{\"versions\": [], \"versions\": []}", "{}",
        ])
    func noBook(text: String) {
        #expect(throws: PriceBookError.self) { try PriceBook(parsing: Array(text.utf8)) }
    }

    @Test func textBehindTheBookIsNamedByItsLine() throws {
        let text = try Sample.shippedText()
        let error = try #require(throws: PriceBookError.self) {
            try PriceBook(parsing: Array((text + "x").utf8))
        }

        #expect(error.reason == .notJSON(.trailingBytes))
        #expect(error.line == text.count { $0 == "\n" } + 1)
    }

    @Test(
        "versions that overlap or stand out of order are refused",
        arguments: [(2, "2027-01-01"), (2, "2026-12-31"), (1, "2028-01-01"), (0, "2028-01-01")])
    func overlapping(number: Int, from date: String) throws {
        let text = Sample.book([
            try Sample.version(1, from: "2027-01-01"), try Sample.version(number, from: date),
        ])

        let error = try #require(throws: PriceBookError.self) { try PriceBook(parsing: text) }
        #expect(error.place.hasPrefix("versions[1]"))
    }

    @Test func aVersionHoldsFromItsMidnightUntilTheNext() throws {
        let book = try Sample.uneven()

        #expect(try book.version(at: Sample.time("2026-12-31T23:59:59.999Z")) == nil)
        #expect(try book.version(at: Sample.time("2027-01-01T00:00:00Z"))?.number == 1)
        #expect(try book.version(at: Sample.time("2028-02-10T23:59:59.999Z"))?.number == 1)
        #expect(try book.version(at: Sample.time("2028-02-11T00:00:00Z"))?.number == 2)
        #expect(try book.version(at: Sample.time("2099-01-01T00:00:00Z"))?.number == 2)
    }

    @Test func whatHasBegunNeverChanges() throws {
        func book(_ versions: (Int, String, Int)...) throws -> PriceBook {
            try PriceBook(
                parsing: Sample.book(
                    versions.map { try Sample.version($0.0, from: $0.1, monthly: $0.2) }))
        }
        let now = try Sample.time("2027-06-01T00:00:00Z")
        let old = try book((1, "2027-01-01", 5), (2, "2028-01-01", 6))

        #expect(throws: PriceBookSuccession.versionChanged(1)) {
            try book((1, "2027-01-01", 6)).checkFollows(old, at: now)
        }
        #expect(throws: PriceBookSuccession.versionGone(1)) {
            try book((2, "2028-01-01", 6)).checkFollows(old, at: now)
        }
        #expect(throws: PriceBookSuccession.versionBeginsInThePast(2)) {
            try book((1, "2027-01-01", 5), (2, "2027-05-01", 6)).checkFollows(old, at: now)
        }
        try book((1, "2027-01-01", 5), (2, "2027-09-01", 7), (3, "2028-01-01", 6))
            .checkFollows(old, at: now)
        try book((1, "2027-01-01", 5)).checkFollows(old, at: now)
    }
}
