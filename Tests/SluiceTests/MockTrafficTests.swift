import Determinism
import Identifiers
import Intake
import Testing

@testable import sluice

@Suite struct MockTrafficTests {
    private static let keys = [("starter", "a"), ("pro", "b"), ("enterprise", "c")].map {
        MockTrafficKey(hash: String(repeating: $0.1, count: 64), service: "seal", tier: $0.0)
    }

    /// Ten minutes of it.
    private static func lines() throws -> [RequestLine] {
        let world = SimulatedWorld(seed: 11, now: Timestamp(milliseconds: 1_795_246_453_050))
        var traffic = MockTraffic(process: 77, world.surroundings)
        var lines: [RequestLine] = []
        for _ in 0..<2400 {
            world.advance(milliseconds: 250)
            for text in traffic.lines(of: keys, milliseconds: 250) {
                lines.append(try RequestLine(parsing: Array(text.utf8)))
            }
        }
        return lines
    }

    @Test("every line is one that the intake takes")
    func taken() throws {
        let lines = try Self.lines()

        #expect(lines.count > 5000)
        #expect(lines.allSatisfy { $0.edge == MockTraffic.edge && $0.frontend == "seal" })
        #expect(Set(lines.compactMap { $0.key?.description }) == Set(Self.keys.map(\.hash)))
    }

    @Test("tiers, errors, lines that come late and lines that come twice are among them")
    func plausible() throws {
        let lines = try Self.lines()
        let counts = Self.keys.map { key in lines.count { $0.key?.description == key.hash } }
        let byNumber = Dictionary(grouping: lines, by: \.number)
        let doubled = byNumber.values.filter { $0.count > 1 }

        #expect(counts[0] < counts[1] && counts[1] < counts[2])
        #expect(Set(lines.compactMap(\.status)) == [200, 400, 401, 404, 429, 502, 503])
        #expect(lines.count { $0.isSuccessful } * 10 > lines.count * 9)
        #expect(!doubled.isEmpty && doubled.allSatisfy { Set($0).count == 1 })
        #expect(zip(lines, lines.dropFirst()).contains { $0.time.seconds > $1.time.seconds + 10 })
    }

    @Test("now and then a customer sends several times as much, for a few seconds")
    func bursts() throws {
        let lines = try Self.lines().filter { $0.key?.description == Self.keys[2].hash }
        let seconds = Dictionary(grouping: lines, by: \.time.seconds).mapValues(\.count)
        let busy = seconds.filter { $0.value > 30 }.keys

        #expect(seconds.count > 590)
        #expect((4...120).contains(busy.count))
        #expect(busy.contains { busy.contains($0 + 1) && busy.contains($0 + 2) })
    }

    @Test("what comes is without a gap, but for what is still held back")
    func complete() throws {
        let numbers = Set(try Self.lines().map(\.number))
        let span = try #require(numbers.max()) + 1

        #expect(Int(span) - numbers.count < 30)
        #expect(numbers.contains(0))
    }

    @Test("a customer whose service is suspended gets nothing but 402")
    func suspended() throws {
        let world = SimulatedWorld(seed: 12, now: Timestamp(milliseconds: 1_795_246_453_050))
        var traffic = MockTraffic(process: 77, world.surroundings)
        var key = Self.keys[2]
        key.isSuspended = true
        world.advance(milliseconds: 2000)
        let lines = try traffic.lines(of: [key], milliseconds: 2000).map {
            text throws(LineRefusal) in try RequestLine(parsing: Array(text.utf8))
        }.filter { $0.key != nil }

        #expect(lines.count >= 10 && lines.allSatisfy { $0.status == 402 })
    }
}
