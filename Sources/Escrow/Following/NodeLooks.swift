import Determinism
import Observability
import SuiProtocol
import Synchronization

/// What a node says of itself, taken for no more than it is worth: a tip that cannot be is told, and
/// what could not be read is not counted on.
final class NodeLooks: Sendable {
    private struct State {
        /// Where reading ended before what a node says that its index has passed.
        var readable: Int64?
        /// Looks in a row at a tip that cannot be, and the last of these.
        var lies = 0
        var claimed: Int64 = 0
    }

    private let node: any SuiNode
    private let logger: Logger
    private let metrics: FollowerMetrics
    private let surroundings: Surroundings
    private let state = Mutex(State())

    init(
        node: any SuiNode, logger: Logger, metrics: FollowerMetrics, surroundings: Surroundings
    ) {
        self.node = node
        self.logger = logger
        self.metrics = metrics
        self.surroundings = surroundings
    }

    /// The tip that a node claims and that the chain cannot have come to; nil while it tells a
    /// possible one.
    var impossibleTip: Int64? {
        state.withLock { $0.lies >= TipClaim.patience ? $0.claimed : nil }
    }

    /// - Parameter known: a checkpoint that was read; nil where none was yet.
    func look(knowing known: TipClaim?) async throws(SuiNodeError) -> NodeStatus {
        let status = try await node.status()
        let now = surroundings.now()
        metrics.looked(status, at: now)
        judge(status, known?.isCredible(status, at: now) ?? true)
        return readable(status)
    }

    /// There was nothing to be read after `last`: the next look ends there.
    func ended(at last: Int64) { state.withLock { $0.readable = last } }

    /// Once, as more comes.
    private func readable(_ status: NodeStatus) -> NodeStatus {
        let readable = state.withLock { state in
            defer { state.readable = nil }
            return state.readable
        }
        guard let readable, readable < status.indexed else { return status }
        return NodeStatus(
            chain: status.chain, epoch: status.epoch, tip: status.tip, tipAt: status.tipAt,
            indexed: readable, firstAvailable: status.firstAvailable)
    }

    private func judge(_ status: NodeStatus, _ isCredible: Bool) {
        let lies = state.withLock { state in
            state.lies = isCredible ? 0 : state.lies + 1
            state.claimed = status.tip
            return state.lies
        }
        metrics.impossibleTip.set(lies >= TipClaim.patience ? 1 : 0)
        guard lies == TipClaim.patience else { return }
        logger.error(
            "a node lies: the chain cannot have come to the tip that it claims",
            ("tip", .number(status.tip)), ("at", .text(status.tipAt.rfc3339)))
    }
}
