import Determinism

/// Objects of the schema.
extension AnswerObject {
    /// `Transaction` with its events, and what it changed.
    func transaction() throws(NodeAnswerFault) -> ToldTransaction {
        let effects = try object("effects")
        var told = try transaction(try signedBytes().digest, more: .none)
        let (coins, more) = try effects.object("objectChanges").coinChanges(after: nil)
        told.append(coins, more: more)
        if told.transaction.succeeded {
            let (events, more) = try effects.object("events").toldEvents(
                after: nil, lamportVersion: try effects.optionalNumber("lamportVersion"))
            try told.append(events, more: more)
        }
        return told
    }

    /// `Transaction` with its gas coin; what else it changed where its bytes do not show that it
    /// only called functions of `module` over shared objects.
    func transaction(calling module: EventModule) throws(NodeAnswerFault) -> ToldTransaction {
        let (digest, bytes) = try signedBytes()
        let gas = try object("effects").object("gasEffects").optionalObject("gasObject")
        guard let gas, let data = try? TransactionData(bcs: bytes),
            data.changesNoCoinButGas(calling: module)
        else { return try transaction(digest, more: .all) }
        var told = try transaction(digest, more: .none)
        let id = try gas.address("address")
        told.append([NodeCoinChange(id: id, state: try gas.coinState(of: id))], more: nil)
        return told
    }

    private func transaction(
        _ digest: TransactionDigest, more: ToldTransaction.MoreChanges
    ) throws(NodeAnswerFault) -> ToldTransaction {
        ToldTransaction(
            try object("effects").effects(of: digest),
            sender: try optionalObject("sender")?.address("address"),
            payer: try optionalObject("gasInput")?.optionalObject("gasSponsor")?
                .address("address"), moreChanges: more)
    }

    /// Digest and bytes belong together.
    private func signedBytes() throws(NodeAnswerFault) -> (
        digest: TransactionDigest, bytes: [UInt8]
    ) {
        let digest: TransactionDigest = try digest("digest")
        let bytes = try bytes("transactionBcs")
        guard TransactionDigest(hashing: bytes) == digest else {
            throw .unusable("a digest that its bytes do not have")
        }
        return (digest, bytes)
    }

    /// `TransactionEffects`, without what it lists.
    func effects(of digest: TransactionDigest) throws(NodeAnswerFault) -> NodeTransaction {
        let checkpoint = try optionalObject("checkpoint")
        let gas = try object("gasEffects")
        let costs = try gas.object("gasSummary").gasCosts()
        let coin = try gas.optionalObject("gasObject")?.reference()
        return NodeTransaction(
            digest: digest, status: try status(),
            epoch: try optionalObject("epoch")?.epoch("epochId"),
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
