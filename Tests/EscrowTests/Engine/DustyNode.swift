import SuiProtocol
import Synchronization

@testable import Escrow

/// A node that shows a hundred worthless coins in front of those that there are.
final class DustyNode: SuiNode {
    private let node: any SuiNode
    /// Whether it shows what is behind them to who asks for a worth.
    let looksBehind = Atomic(false)

    init(_ node: any SuiNode) { self.node = node }

    func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int
    ) async throws(SuiNodeError) -> [CoinHolding] {
        let dust = (1...100).compactMap { number in
            (try? Sample.gas(number, version: 1)).map { CoinHolding($0, balance: 0) }
        }
        return Array(dust.prefix(limit))
    }

    func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int, worth: UInt64
    ) async throws(SuiNodeError) -> [CoinHolding] {
        guard worth > 0, looksBehind.load(ordering: .relaxed) else {
            return try await coins(of: owner, type: type, limit: limit)
        }
        return try await node.coins(of: owner, type: type, limit: limit, worth: worth)
    }

    func status() async throws(SuiNodeError) -> NodeStatus { try await node.status() }

    func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(SuiNodeError) -> NodeCheckpoints {
        try await node.checkpoints(range, ofModule: module, affecting: address)
    }

    func transactions(
        _ digests: [TransactionDigest]
    ) async throws(SuiNodeError) -> [TransactionDigest: NodeTransaction] {
        try await node.transactions(digests)
    }

    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(SuiNodeError) -> NodeTransaction {
        try await node.execute(transaction, signatures: signatures)
    }

    func simulate(_ transaction: [UInt8]) async throws(SuiNodeError) -> NodeSimulation {
        try await node.simulate(transaction)
    }

    func objects(_ ids: [ObjectID]) async throws(SuiNodeError) -> [ObjectID: NodeObject] {
        try await node.objects(ids)
    }

    func balance(of owner: SuiAddress, coin: TypeTag) async throws(SuiNodeError) -> NodeBalance {
        try await node.balance(of: owner, coin: coin)
    }
}
