public import SuiProtocol

extension SuiNodes {
    public func status() async throws(SuiNodeError) -> NodeStatus {
        try await first(question()) { node throws(NodeFault) in try await node.status() }
    }

    public func checkpoints(
        _ range: ClosedRange<Int64>, ofModule module: EventModule, affecting address: SuiAddress?
    ) async throws(SuiNodeError) -> NodeCheckpoints {
        try await first(reading) { node throws(NodeFault) in
            try await node.checkpoints(range, ofModule: module, affecting: address)
        }
    }

    public func transactions(
        _ digests: [TransactionDigest]
    ) async throws(SuiNodeError) -> [TransactionDigest: NodeTransaction] {
        guard !digests.isEmpty else { return [:] }
        let found = try await first(reading) { node throws(NodeFault) in
            try await node.transactions(digests)
        }
        return Dictionary(found.map { ($0.digest, $0) }) { first, _ in first }
    }

    public func simulate(_ transaction: [UInt8]) async throws(SuiNodeError) -> NodeSimulation {
        try await first(question(mayBeRefused: true)) { node throws(NodeFault) in
            try await node.simulate(transaction)
        }
    }

    public func objects(
        _ ids: [ObjectID]
    ) async throws(SuiNodeError) -> [ObjectID: NodeObject] {
        guard !ids.isEmpty else { return [:] }
        let found = try await first(reading) { node throws(NodeFault) in
            try await node.objects(ids)
        }
        return Dictionary(found.map { ($0.reference.id, $0) }) { first, _ in first }
    }

    public func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int
    ) async throws(SuiNodeError) -> [CoinHolding] {
        try await coins(of: owner, type: type, limit: limit, worth: 0)
    }

    public func coins(
        of owner: SuiAddress, type: TypeTag, limit: Int, worth: UInt64
    ) async throws(SuiNodeError) -> [CoinHolding] {
        let wanted = WantedCoins(limit: limit, worth: worth)
        let found = try await first(reading) { node throws(NodeFault) in
            try await node.coins(of: owner, type: type, wanted)
        }
        return wanted.largest(found)
    }

    public func balance(
        of owner: SuiAddress, coin: TypeTag
    ) async throws(SuiNodeError) -> NodeBalance {
        try await first(question()) { node throws(NodeFault) in
            try await node.balance(of: owner, coin: coin)
        }
    }
}
