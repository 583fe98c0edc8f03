import Determinism
import HTTPTransport
import Testing

@testable import Gateway

@Suite struct RateLimiterTests {
    private let world = SimulatedWorld(seed: 1)

    private func limiter(_ count: Int64, _ seconds: Int64, capacity: Int = 4096) throws
        -> RateLimiter
    {
        var limits = RateLimits()
        limits.standard = try #require(RateLimit(count: count, seconds: seconds))
        return RateLimiter(limits: limits, capacity: capacity, surroundings: world.surroundings)
    }

    private func key(_ customer: Int64) -> LimitKey { LimitKey(.standard, .customer(customer)) }

    @Test func givesTheCountAndNotOneMore() throws {
        let limiter = try limiter(3, 60)
        let decisions = (0..<5).map { _ in limiter.take(key(1)) }

        #expect(decisions.map(\.isAllowed) == [true, true, true, false, false])
        #expect(decisions.map(\.remaining) == [2, 1, 0, 0, 0])
        #expect(decisions[3].retrySeconds == 20)
        #expect(limiter.take(key(2)).isAllowed)
    }

    @Test func refillsSteadily() throws {
        let limiter = try limiter(3, 60)
        for _ in 0..<3 { _ = limiter.take(key(1)) }

        world.advance(milliseconds: 19_999)
        #expect(!limiter.take(key(1)).isAllowed)
        world.advance(milliseconds: 1)
        #expect(limiter.take(key(1)).isAllowed)
        #expect(!limiter.take(key(1)).isAllowed)
        world.advance(milliseconds: 600_000)
        #expect(limiter.take(key(1)).remaining == 2)
    }

    @Test func refusalsCostNothing() throws {
        let limiter = try limiter(2, 60)
        for _ in 0..<50 { _ = limiter.take(key(1)) }

        world.advance(milliseconds: 30_000)
        #expect(limiter.take(key(1)).isAllowed)
    }

    @Test func lookingCostsNothing() throws {
        let limiter = try limiter(1, 60)
        for _ in 0..<5 { #expect(limiter.look(at: key(1)).isAllowed) }

        #expect(limiter.take(key(1)).isAllowed)
        #expect(!limiter.look(at: key(1)).isAllowed)
    }

    @Test func aClockSetBackLocksNobodyOut() throws {
        let limiter = try limiter(2, 60)
        _ = limiter.take(key(1))

        world.advance(milliseconds: -3_600_000)
        #expect(!limiter.take(key(1)).isAllowed)
        world.advance(milliseconds: 60_000)
        #expect(limiter.take(key(1)).isAllowed)
    }

    @Test func policiesAndOwnersAreApart() throws {
        let limiter = try limiter(1, 60)
        let address = try #require(IPAddress("2001:db8::1"))
        let neighbour = try #require(IPAddress("2001:db8::ffff:1"))
        let stranger = try #require(IPAddress("2001:db8:0:1::1"))

        #expect(limiter.take(LimitKey(.standard, network: address.subscriberNetwork)).isAllowed)
        #expect(!limiter.take(LimitKey(.standard, network: neighbour.subscriberNetwork)).isAllowed)
        #expect(limiter.take(LimitKey(.standard, network: stranger.subscriberNetwork)).isAllowed)
        #expect(limiter.take(LimitKey(.challenge, network: address.subscriberNetwork)).isAllowed)
    }

    @Test func memoryIsBounded() throws {
        let limiter = try limiter(1000, 60, capacity: 1600)
        for customer in 0..<20_000 { _ = limiter.take(key(Int64(customer))) }

        #expect(limiter.bucketCount <= 1600)
    }

    @Test("a flood of fresh callers does not wash out a spent bucket")
    func evictionSparesTheGreedy() throws {
        let limiter = try limiter(5, 3600, capacity: 1600)
        while limiter.take(key(-1)).isAllowed {}
        for customer in 0..<20_000 { _ = limiter.take(key(Int64(customer))) }

        #expect(!limiter.take(key(-1)).isAllowed)
    }

    @Test func aSessionKeepsItsBucketAcrossTokens() throws {
        let limiter = try limiter(3, 60)
        for _ in 0..<3 { _ = limiter.take(key(1)) }
        limiter.carryOver(from: key(1), to: key(2))

        #expect(!limiter.take(key(2)).isAllowed)
    }

    @Test(
        arguments: [
            "", "30", "30/", "/60", "0/60", "30/0", "-1/60", "+3/60", "3/60/1", " 3/60", "a/b",
        ])
    func limitsAreSpelledOneWay(text: String) {
        #expect(RateLimit(text) == nil)
    }

    @Test func limitsAreRead() {
        #expect(RateLimit("30/60") == .signIn)
        #expect(RateLimits().standard == RateLimit("600/60"))
        #expect(RateLimits().refresh == RateLimit("60/60"))
    }
}
