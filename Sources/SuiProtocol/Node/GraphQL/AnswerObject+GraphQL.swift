import Determinism

/// Objects of the schema.
extension AnswerObject {
    /// `Transaction` with the effects of ``GraphQLFragments``; digest and bytes belong together.
    func transaction(
        hasChanges: Bool, hasEvents: Bool
    ) throws(NodeAnswerFault) -> ToldTransaction {
        let digest: TransactionDigest = try digest("digest")
        if self["transactionBcs"] != nil {
            guard TransactionDigest(hashing: try bytes("transactionBcs")) == digest else {
                throw .unusable("a digest that its bytes do not have")
            }
        }
        let effects = try object("effects")
        var told = ToldTransaction(
            try effects.effects(of: digest),
            sender: try optionalObject("sender")?.address("address"),
            payer: try optionalObject("gasInput")?.optionalObject("gasSponsor")?
                .address("address"))
        if hasChanges {
            let (coins, more) = try effects.object("objectChanges").coinChanges(after: nil)
            told.append(coins, more: more)
        }
        if hasEvents, told.transaction.succeeded {
            let (events, more) = try effects.object("events").toldEvents(
                after: nil, lamportVersion: try effects.optionalNumber("lamportVersion"))
            try told.append(events, more: more)
        }
        return told
    }

    /// `TransactionEffects`, without what it lists.
    func effects(of digest: TransactionDigest) throws(NodeAnswerFault) -> NodeTransaction {
        let checkpoint = try optionalObject("checkpoint")
        let gas = try object("gasEffects")
        let costs = try gas.object("gasSummary").gasCosts()
        let coin = try gas.optionalObject("gasObject")?.reference()
        return NodeTransaction(
            digest: digest, status: try status(),
            epoch: try optionalObject("epoch")?.number("epochId"),
            checkpoint: try checkpoint?.sequence("sequenceNumber"),
            at: try checkpoint?.dateTime("timestamp"),
            gas: coin.map { NodeGas(object: $0, cost: costs.total) }, suiCoins: [], events: [])
    }

    func status() throws(NodeAnswerFault) -> NodeTransaction.Status {
        switch try string("status") {
        case "SUCCESS": return .success
        case "FAILURE":
            let error = try object("executionError")
            return .failure(
                FailureText.failure(
                    try error.string("message"),
                    abortCode: try error.optionalNumber("abortCode")))
        default: throw .unusable("an unknown status")
        }
    }

    /// `GasCostSummary`, here and in JSON-RPC.
    func gasCosts() throws(NodeAnswerFault) -> GasCosts {
        GasCosts(
            computation: try number("computationCost"), storage: try number("storageCost"),
            rebate: try number("storageRebate"))
    }

    /// `Object`.
    func reference() throws(NodeAnswerFault) -> ObjectReference {
        ObjectReference(
            id: try address("address"), version: try number("version"),
            digest: try digest("digest"))
    }

    func owner() throws(NodeAnswerFault) -> NodeOwner {
        let owner = try object("owner")
        switch try owner.string("__typename") {
        case "AddressOwner": return .address(try owner.object("address").address("address"))
        case "ObjectOwner": return .object(try owner.object("address").address("address"))
        case "Shared":
            return .shared(initialVersion: try owner.number("initialSharedVersion"))
        case "Immutable": return .immutable
        case "ConsensusAddressOwner":
            return .consensusAddress(
                try owner.object("address").address("address"),
                startVersion: try owner.number("startVersion"))
        default: throw .unusable("an unknown owner")
        }
    }

    /// `EventConnection` of one transaction.
    func toldEvents(
        after: String?, lamportVersion: UInt64?
    ) throws(NodeAnswerFault) -> ([ToldEvent], more: String?) {
        var events: [ToldEvent] = []
        for node in try objects("nodes") {
            let contents = try node.object("contents")
            events.append(
                ToldEvent(
                    sequence: try node.sequence("sequenceNumber"),
                    type: try contents.object("type").type("repr"),
                    bcs: try contents.bytes("bcs"), lamportVersion: lamportVersion))
        }
        return (events, try GraphQLWindow.next(try object("pageInfo"), after: after))
    }

    /// `ObjectChangeConnection`: the coins of SUI in it.
    func coinChanges(
        after: String?
    ) throws(NodeAnswerFault) -> ([NodeCoinChange], more: String?) {
        var coins: [NodeCoinChange] = []
        for node in try objects("nodes") {
            let output = try node.optionalObject("outputState")
            let state = if let output { output } else { try node.optionalObject("inputState") }
            guard let contents = try state?.optionalObject("asMoveObject")?.object("contents")
            else { continue }
            // Anybody's types are not read: only what is ours has to be understood.
            let type = try contents.object("type").string("repr")
            guard (try? StructTag(parsing: type)) == .suiCoin else { continue }
            let id = try node.address("address")
            coins.append(NodeCoinChange(id: id, state: try output?.coinState(of: id) ?? .gone))
        }
        return (coins, try GraphQLWindow.next(try object("pageInfo"), after: after))
    }

    private func coinState(
        of id: ObjectID
    ) throws(NodeAnswerFault) -> NodeCoinChange.State {
        guard case .address(let owner) = try owner() else { return .gone }
        let contents = try object("asMoveObject").object("contents")
        return .held(
            ObjectReference(id: id, version: try number("version"), digest: try digest("digest")),
            by: owner, balance: try CoinContents.balance(try contents.bytes("bcs"), of: id))
    }
}

extension GasCosts {
    /// What the payer has less afterwards.
    var total: Int64 {
        let total = Int128(computation) + Int128(storage) - Int128(rebate)
        return Int64(clamping: total)
    }
}
