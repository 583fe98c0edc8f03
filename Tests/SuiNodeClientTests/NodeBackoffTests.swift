import Determinism
import Testing

@testable import SuiNodeClient

/// How long is waited, given what chance says.
@Suite struct NodeBackoffTests {
    private static func backoff(_ chance: UInt8) -> NodeBackoff {
        NodeBackoff(
            limits: SuiNodeLimits(),
            surroundings: Surroundings(
                now: { Timestamp(milliseconds: 0) },
                randomBytes: { [UInt8](repeating: chance, count: $0) }))
    }

    @Test(
        "every failure doubles the wait, of which chance leaves from half to all",
        arguments: [
            (0x00, [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600]),
            (0x7f, [74, 149, 299, 599, 1198, 2396, 4793, 9587, 19_174, 38_349]),
            (0xff, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200]),
        ] as [(UInt8, [Int64])])
    func doubling(chance: UInt8, expected: [Int64]) {
        let backoff = Self.backoff(chance)
        #expect((1...10).map { backoff.pauseMilliseconds(attempt: $0) } == expected)
    }

    @Test(
        "it ends at the longest, however often something failed",
        arguments: [(0x00, 30_000), (0x7f, 44_941), (0xff, 60_000)] as [(UInt8, Int64)])
    func cap(chance: UInt8, longest: Int64) {
        let backoff = Self.backoff(chance)
        let rests = (1...10).map { backoff.restMilliseconds(failures: $0) }
        #expect(rests[..<3] == [longest / 6, longest / 3, longest * 2 / 3])
        #expect(rests[3...].allSatisfy { $0 == longest })
        for count in [11, 64, 1_000_000, Int.max] {
            #expect(backoff.restMilliseconds(failures: count) == longest)
            #expect(backoff.pauseMilliseconds(attempt: count) == longest)
        }
    }

    @Test("nothing that failed is waited for as after the first failure, and never negatively")
    func none() {
        for count in [0, -1, Int.min + 1] {
            #expect(Self.backoff(0xff).pauseMilliseconds(attempt: count) == 100)
        }
    }
}
