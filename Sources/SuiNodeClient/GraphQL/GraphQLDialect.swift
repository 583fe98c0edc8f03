import Determinism
import SuiProtocol

/// A node's GraphQL service.
struct GraphQLDialect: NodeDialect {
    let line: NodeLine

    func chain() async throws(NodeFault) -> String {
        let answer: ChainAnswer<String> = try await line.ask(ChainQuery())
        return answer.chain
    }

    func status() async throws(NodeFault) -> NodeStatus {
        let status = try await line.ask(StatusQuery())
        line.endpoint.metrics.stands(at: status, now: line.backoff.surroundings.now())
        return status
    }

    func transactions(
        _ digests: [TransactionDigest]
    ) async throws(NodeFault) -> [NodeTransaction] {
        let parts = digests.parts(of: TransactionsQuery.limit)
        let told = try await fanOut(parts, width: line.limits.fanOut) {
            part throws(NodeFault) in
            try await line.ask(TransactionsQuery(part))
        }
        return try await completed(told.flatMap { $0 })
    }

    func execute(
        _ transaction: [UInt8], signatures: [[UInt8]]
    ) async throws(NodeFault) -> NodeTransaction {
        try await line.ask(ExecuteMutation(transaction, signatures: signatures))
    }

    func simulate(_ transaction: [UInt8]) async throws(NodeFault) -> NodeSimulation {
        try await line.ask(SimulateQuery(transaction))
    }

    func objects(_ ids: [ObjectID]) async throws(NodeFault) -> [NodeObject] {
        let parts = ids.parts(of: ObjectsQuery.limit)
        return try await fanOut(parts, width: line.limits.fanOut) { part throws(NodeFault) in
            try await line.ask(ObjectsQuery(part))
        }.flatMap { $0 }
    }

    func coins(
        of owner: SuiAddress, type: TypeTag, _ wanted: WantedCoins
    ) async throws(NodeFault) -> [CoinHolding] {
        var coins: [CoinHolding] = []
        var next: String?
        var pages = 0
        repeat {
            let page = try await line.ask(CoinsQuery(of: owner, type: type, after: next))
            coins += page.elements
            next = page.next
            pages += 1
        } while next != nil && wanted.goesOn(after: pages, coins, within: line.limits)
        return coins
    }

    func balance(of owner: SuiAddress, coin: TypeTag) async throws(NodeFault) -> NodeBalance {
        try await line.ask(BalanceQuery(of: owner, coin: coin))
    }

    func verify(_ query: VerifySignatureQuery) async throws(NodeFault) {
        try await line.ask(query)
    }

    /// With all they changed and said, where an answer told a part of it.
    func completed(_ told: [ToldTransaction]) async throws(NodeFault) -> [NodeTransaction] {
        try await fanOut(told, width: line.limits.fanOut) { told throws(NodeFault) in
            var told = told
            let digest = told.transaction.digest
            while told.moreChanges != .none {
                var after: String?
                if case .after(let next) = told.moreChanges { after = next }
                let page = try await line.ask(MoreChangesQuery(digest, after: after))
                told.append(page.elements, more: page.next)
            }
            while let next = told.moreEvents {
                let page = try await line.ask(MoreEventsQuery(digest, after: next))
                do throws(NodeAnswerFault) {
                    try told.append(page.elements, more: page.next)
                } catch {
                    throw line.distrust(error)
                }
            }
            return told.transaction
        }
    }
}
