import Determinism
import SuiProtocol
import Testing

@testable import Escrow

@Suite struct TipClaimTests {
    private static let at: Int64 = 1_800_000_000_000

    /// - Parameter after: milliseconds of the tip after the mark, and of our clock.
    private static func isCredible(
        tip: Int64, after: Int64, now: Int64, mark: Int64 = 1000
    ) -> Bool {
        let (time, isFar) = at.addingReportingOverflow(after)
        let status = NodeStatus(
            chain: "", epoch: .init(number: 1, referenceGasPrice: 1), tip: tip,
            tipAt: Timestamp(milliseconds: isFar ? .max : time), indexed: tip, firstAvailable: 0)
        return TipClaim(mark: mark, markAt: Timestamp(milliseconds: at)).isCredible(
            status, at: Timestamp(milliseconds: at + now))
    }

    @Test(
        "a tip is possible that the time since a checkpoint that was read can have brought",
        arguments: [
            (1000, 0, 0), (1004, 1000, 1000), (900, -1000, 5000),
            (1000 + 86_400 * 50, 86_400_000, 86_400_000), (61_000, 0, 0),
            (1200, 50_000, 0), (1000, 60_000, 0),
        ] as [(Int64, Int64, Int64)])
    func possible(tip: Int64, after: Int64, now: Int64) {
        #expect(Self.isCredible(tip: tip, after: after, now: now))
    }

    @Test(
        "more checkpoints than that are not, nor a tip from days to come",
        arguments: [
            (61_001, 0, 0), (1_000_000_000, 1000, 1000),
            (Int64.max, 0, 0), (1_000_000_000, 86_400_000, 1000), (1001, 60_001, 0),
            (Int64.max, Int64.max, 0), (1001, Int64.max, 0),
        ] as [(Int64, Int64, Int64)])
    func impossible(tip: Int64, after: Int64, now: Int64) {
        #expect(!Self.isCredible(tip: tip, after: after, now: now))
        #expect(!Self.isCredible(tip: tip, after: after, now: now, mark: -1))
    }
}
