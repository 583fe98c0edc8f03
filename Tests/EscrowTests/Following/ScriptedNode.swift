import Determinism
import SuiProtocol
import Synchronization

/// A node that tells what a test wrote, lies included. Checkpoints count from zero.
final class ScriptedNode: SuiNode {
    struct Checkpoint: Sendable {
        var events: [NodeEvent] = []
        var transactions: [NodeTransaction] = []
    }

    struct Script: Sendable {
        var checkpoints: [Checkpoint] = []
        var epoch: UInt64 = 1
        var firstAvailable: Int64 = 0
        /// How many of the newest checkpoints the index has not passed.
        var indexLag: Int64 = 0
        /// By how many checkpoints the claimed tip is past the newest one.
        var tipAhead: Int64 = 0
        var objects: [ObjectID: NodeObject] = [:]
        var coins: [CoinHolding] = []
        /// What is wrong with an answer.
        var distort: (@Sendable (NodeCheckpoints) -> NodeCheckpoints)?
        var failures: [SuiNodeError] = []
        var ranges: [ClosedRange<Int64>] = []
    }

    private let script = Mutex(Script())

    func write(_ body: (inout Script) -> Void) { script.withLock { body(&$0) } }

    var told: Script { script.withLock { $0 } }

    static func time(of checkpoint: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_800_000_000_000 + checkpoint * 250)
    }

    func status() throws(SuiNodeError) -> NodeStatus {
        let script = script.withLock { $0 }
        let tip = Int64(script.checkpoints.count) - 1
        return NodeStatus(
            chain: "scripted", epoch: .init(number: script.epoch, referenceGasPrice: 1000),
            tip: tip + script.tipAhead, tipAt: Self.time(of: tip), indexed: tip - script.indexLag,
            firstAvailable: script.firstAvailable)
    }

    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) throws(SuiNodeError) -> NodeCheckpoints {
        let (script, failure) = script.withLock { script in
            script.ranges.append(range)
            return (script, script.failures.isEmpty ? nil : script.failures.removeFirst())
        }
        if let failure { throw failure }
        let wanted = script.checkpoints[Int(range.lowerBound)...Int(range.upperBound)]
        let answer = NodeCheckpoints(
            range: range, epoch: script.epoch,
            events: wanted.flatMap(\.events).filter {
                $0.type.package == module.package && $0.type.module == module.module
            }, transactions: address == nil ? [] : wanted.flatMap(\.transactions),
            at: Self.time(of: range.upperBound))
        return script.distort?(answer) ?? answer
    }

    func objects(_ ids: [ObjectID]) throws(SuiNodeError) -> [ObjectID: NodeObject] {
        script.withLock { $0.objects.filter { ids.contains($0.key) } }
    }

    func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int
    ) throws(SuiNodeError) -> [CoinHolding] {
        script.withLock { Array($0.coins.prefix(limit)) }
    }

    func transactions(
        _ digests: [TransactionDigest]
    ) throws(SuiNodeError) -> [TransactionDigest: NodeTransaction] { [:] }

    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) throws(SuiNodeError) -> NodeTransaction { throw .unavailable }

    func simulate(_ transaction: [UInt8]) throws(SuiNodeError) -> NodeSimulation {
        throw .unavailable
    }

    func balance(of owner: SuiAddress, coin: TypeTag) throws(SuiNodeError) -> NodeBalance {
        NodeBalance(inCoins: 0, inAddress: 0)
    }
}
