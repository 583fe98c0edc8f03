import Determinism
import SuiProtocol

/// A node's JSON-RPC service.
struct JSONRPCDialect: NodeDialect {
    let line: NodeLine

    func chain() async throws(NodeFault) -> String {
        try await line.ask(ChainCall())
    }

    /// Checkpoints and transactions are read by name here, so that the index is the tip.
    func status() async throws(NodeFault) -> NodeStatus {
        let chain = try await chain()
        try line.judge(chain: chain)
        let epoch = try await line.ask(EpochCall())
        let tip = try await line.ask(TipCall())
        guard let newest = try await line.ask(CheckpointCall(tip)) else {
            throw line.distrust("the newest checkpoint is not there")
        }
        let status = NodeStatus(
            chain: chain, epoch: epoch, tip: tip, tipAt: newest.at, indexed: tip,
            firstAvailable: min(tip, await firstListed()))
        line.endpoint.metrics.stands(at: status, now: line.backoff.surroundings.now())
        return status
    }

    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(NodeFault) -> NodeTransaction {
        try await line.ask(ExecuteCall(transaction, signatures: signatures))
    }

    func simulate(_ transaction: [UInt8]) async throws(NodeFault) -> NodeSimulation {
        try await line.ask(SimulateCall(transaction))
    }

    func objects(_ ids: [ObjectID]) async throws(NodeFault) -> [NodeObject] {
        let parts = ids.parts(of: ObjectsCall.limit)
        return try await fanOut(parts, width: line.limits.fanOut) { part throws(NodeFault) in
            try await line.ask(ObjectsCall(part))
        }.flatMap { $0 }
    }

    func coins(
        of owner: SuiAddress, type: TypeTag, _ wanted: WantedCoins
    ) async throws(NodeFault) -> [CoinHolding] {
        var coins: [CoinHolding] = []
        var next: String?
        var pages = 0
        repeat {
            let page = try await line.ask(CoinsCall(of: owner, type: type, after: next))
            coins += page.elements
            next = page.next
            pages += 1
        } while next != nil && wanted.goesOn(after: pages, coins, within: line.limits)
        return coins
    }

    func balance(of owner: SuiAddress, coin: TypeTag) async throws(NodeFault) -> NodeBalance {
        try await line.ask(BalanceCall(of: owner, coin: coin))
    }

    func verify(_ query: VerifySignatureQuery) async throws(NodeFault) {
        throw .unsupported
    }

    // MARK: - Transactions

    func transactions(
        _ digests: [TransactionDigest]
    ) async throws(NodeFault) -> [NodeTransaction] {
        try await whole(try await told(digests, .all).compactMap { $0 })
    }

    /// In the order of the digests.
    func told(
        _ digests: [TransactionDigest], _ detail: TransactionsCall.Detail
    ) async throws(NodeFault) -> [JSONRPCTransaction?] {
        let parts = digests.parts(of: TransactionsCall.limit)
        return try await fanOut(parts, width: line.limits.fanOut) { part throws(NodeFault) in
            try await page(part, detail)
        }.flatMap { $0 }
    }

    /// Fewer at once where an answer would be too large.
    private func page(
        _ digests: [TransactionDigest], _ detail: TransactionsCall.Detail
    ) async throws(NodeFault) -> [JSONRPCTransaction?] {
        do throws(NodeFault) {
            return try await line.ask(TransactionsCall(digests, detail))
        } catch {
            guard error == .tooLarge, digests.count > 1 else { throw error }
            var found: [JSONRPCTransaction?] = []
            for half in digests.parts(of: (digests.count + 1) / 2) {
                found += try await page(half, detail)
            }
            return found
        }
    }

    /// With what the coins hold that they changed.
    func whole(_ told: [JSONRPCTransaction]) async throws(NodeFault) -> [NodeTransaction] {
        let coins = told.flatMap { $0.coins.map(\.reference) }
        let parts = coins.parts(of: PastCoinsCall.limit)
        let pages = try await fanOut(parts, width: line.limits.fanOut) { part throws(NodeFault) in
            try await line.ask(PastCoinsCall(part))
        }
        let balances = pages.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        do throws(NodeAnswerFault) {
            return try told.map { told throws(NodeAnswerFault) in try told.whole(balances) }
        } catch {
            throw line.distrust(error)
        }
    }
}
