import Determinism
import SuiProtocol

/// Whether a node's tip is one that the chain can have come to. Pure.
///
/// Nothing depends on it: what counts is what can be read. But whoever believes a lie waits for it
/// for ever, so that it is told.
struct TipClaim {
    /// Sui makes about four a second, and a chain for tests some hundred.
    private static let mostPerSecond: Int64 = 1000
    /// What times of checkpoints may be off by, and a chain's clock from ours.
    private static let slackMilliseconds: Int64 = 60_000
    /// Looks in a row: between two of them a chain's clock may have been moved by hand.
    static let patience = 3

    /// A checkpoint that was read, and its time.
    let mark: Int64
    let markAt: Timestamp

    func isCredible(_ status: NodeStatus, at now: Timestamp) -> Bool {
        let latest = max(now.milliseconds, markAt.milliseconds)
        let (end, isFar) = latest.addingReportingOverflow(Self.slackMilliseconds)
        guard !isFar, status.tipAt.milliseconds <= end else { return false }
        let elapsed = max(0, status.tipAt.milliseconds - markAt.milliseconds)
        let most = (elapsed + Self.slackMilliseconds) / 1000 * Self.mostPerSecond
        return status.tip - max(0, mark) <= most
    }
}
