import Determinism
import Observability
import SuiProtocol
import Testing

@testable import Escrow

/// A follower of a scripted chain, on a database of its own.
struct FollowerWorld {
    let base: EscrowWorld
    let node = ScriptedNode()
    let metrics = MetricsRegistry()
    let contract: EscrowContract
    let charger: SuiAddress

    init() async throws {
        base = try await EscrowWorld(begins: false)
        contract = EscrowContract(
            package: try Sample.address(700),
            coin: .structure(StructTag(try Sample.address(701), "usdc", "USDC")))
        charger = try Sample.address(702)
        add([])  // The genesis checkpoint.
    }

    func follower(
        first: Int64 = 0, limits: FollowerLimits = FollowerLimits(),
        bookkeeper: Bookkeeper? = nil, contracts: [EscrowContract]? = nil,
        logger: Logger = .disabled
    ) -> Follower {
        Follower(
            node: node, contracts: contracts ?? [contract], charger: charger, first: first,
            bookkeeper: bookkeeper ?? base.bookkeeper, logger: logger, metrics: metrics,
            surroundings: base.time.surroundings, limits: limits)
    }

    /// Adds a checkpoint with one transaction's events.
    @discardableResult
    func add(
        _ events: [EscrowEvent], digest: Int? = nil, of contract: EscrowContract? = nil,
        transactions: [NodeTransaction] = [], version: UInt64? = 5
    ) -> Int64 {
        let checkpoint = Int64(node.told.checkpoints.count)
        node.write { script in
            let digest = digest ?? 100_000 + Int(checkpoint)
            let found = events.enumerated().compactMap { place, event in
                try? NodeEvent(
                    transaction: Sample.digest(digest), sequence: Int64(place),
                    checkpoint: checkpoint, at: ScriptedNode.time(of: checkpoint),
                    type: (contract ?? self.contract).type(of: event.name), bcs: event.bcs,
                    lamportVersion: version)
            }
            script.checkpoints.append(.init(events: found, transactions: transactions))
        }
        return checkpoint
    }

    func add(_ type: StructTag, bcs: [UInt8], digest: Int) throws {
        let digest = try Sample.digest(digest)
        node.write { script in
            let checkpoint = Int64(script.checkpoints.count)
            let event = NodeEvent(
                transaction: digest, sequence: 0, checkpoint: checkpoint,
                at: ScriptedNode.time(of: checkpoint), type: type, bcs: bcs, lamportVersion: 5)
            script.checkpoints.append(.init(events: [event]))
        }
    }

    /// A transaction of the charger's in the checkpoint that comes next.
    func transaction(
        _ digest: Int, failure: NodeFailure? = nil, gas: ObjectReference? = nil,
        coins: [NodeCoinChange]
    ) throws -> NodeTransaction {
        let next = Int64(node.told.checkpoints.count)
        return NodeTransaction(
            digest: try Sample.digest(digest), status: failure.map { .failure($0) } ?? .success,
            epoch: 1, checkpoint: next, at: ScriptedNode.time(of: next),
            gas: gas.map { .init(object: $0, cost: 1) }, suiCoins: coins, events: [])
    }

    func held(_ coin: Int, version: UInt64, balance: UInt64 = 1_000_000) throws -> NodeCoinChange {
        let reference = try Sample.gas(coin, version: version)
        return .init(
            id: reference.id, state: .held(reference, by: charger, balance: balance))
    }

    func balance(_ account: Int) async throws -> Int64 {
        try await base.database.ledgerBalance(.escrow(try Sample.account(account)))
    }
}
