import ByteCodecs
import SuiProtocol

/// The root of all questions. Everything in one answer is seen at the same checkpoint.
struct QueryNode: GraphQLNode {
    let core: NodeCore
    let faults: StruckFaults

    var typeName: String { "Query" }
    var view: LedgerView { core.index(faults) }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "chainIdentifier": .value("\(core.chain(faults).genesis)")
        case "epoch": try epoch(arguments)
        case "checkpoint": try checkpoint(arguments)
        case "multiGetCheckpoints": try checkpoints(arguments)
        case "transaction": try transaction(arguments)
        case "transactionEffects":
            .maybe(try found(arguments, "digest").map { EffectsNode(executed: $0, view: view) })
        case "multiGetTransactions":
            .sparse(try found(byKeys: arguments).map { $0.map { TransactionNode($0, view) } })
        case "multiGetTransactionEffects":
            .sparse(
                try found(byKeys: arguments).map {
                    $0.map { EffectsNode(executed: $0, view: view) }
                })
        case "transactions": try transactions(arguments)
        case "events": try events(arguments)
        case "object": try object(arguments)
        case "multiGetObjects": try objects(arguments)
        case "address": try address(arguments)
        case "coinMetadata": try metadata(arguments)
        case "simulateTransaction": try simulate(arguments)
        case "verifySignature": try verify(arguments)
        case "serviceConfig": .node(ServiceConfigNode(view: view))
        default: .null
        }
    }

    // MARK: - The network

    private func epoch(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let present = view.checkpoint.epoch
        let wanted = try arguments.integer("epochId").map { UInt64($0) } ?? present
        return wanted <= present ? .node(.epoch(wanted, view)) : .null
    }

    private func checkpoint(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let sequence = try arguments.integer("sequenceNumber")
        guard let text = try arguments.string("digest") else {
            return .maybe(
                (sequence.map(kept(_:)) ?? view.checkpoint).map {
                    CheckpointNode(checkpoint: $0, view: view)
                })
        }
        guard sequence == nil else { throw .input("both sequenceNumber and digest") }
        let found = view.checkpoint(named: text)
        return .maybe(
            found.flatMap { kept($0.sequence) }.map {
                CheckpointNode(checkpoint: $0, view: view)
            })
    }

    private func kept(_ sequence: Int) -> LedgerCheckpoint? {
        guard !faults.has(.notFound), sequence >= view.firstAvailable else { return nil }
        return view.checkpoint(sequence)
    }

    private func checkpoints(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let keys = try arguments.list("keys")
        return .sparse(
            keys.map { key in
                key.unsigned.flatMap { kept(Int(clamping: $0)) }.map {
                    CheckpointNode(checkpoint: $0, view: view)
                }
            })
    }

    private func metadata(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        guard let coin = ChainCoin(try arguments.coinType("coinType"), core.ledger.genesis) else {
            return .null
        }
        return .node(
            GraphQLRecord(
                "CoinMetadata",
                [
                    "decimals": .value(.integer(coin.decimals)),
                    "symbol": .value(.string(coin.symbol)), "name": .value(.string(coin.name)),
                ]))
    }

    // MARK: - Transactions

    private func found(
        _ arguments: GraphQLArguments, _ name: String
    ) throws(GraphQLError) -> LedgerTransaction? {
        find(try arguments.needed(name, arguments.digest(name)))
    }

    private func find(_ digest: TransactionDigest) -> LedgerTransaction? {
        guard !faults.has(.notFound), let found = view.transaction(digest),
            let checkpoint = view.checkpoint(of: digest),
            checkpoint.sequence >= view.firstAvailable
        else { return nil }
        return found
    }

    private func transaction(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        .maybe(try found(arguments, "digest").map { TransactionNode($0, view) })
    }

    private func found(
        byKeys arguments: GraphQLArguments
    ) throws(GraphQLError) -> [LedgerTransaction?] {
        var found: [LedgerTransaction?] = []
        for key in try arguments.list("keys") {
            guard let text = key.string, let digest = try? TransactionDigest(parsing: text) else {
                throw .input("keys hold no digest")
            }
            found.append(find(digest))
        }
        return found
    }

    private func transactions(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        .node(try TransactionList(view: view, arguments: arguments).connection())
    }

    private func events(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        .node(try EventList(view: view, arguments: arguments, faults: faults).connection())
    }

    // MARK: - Objects

    /// The chain as it stood at a checkpoint, or now.
    private func view(at arguments: GraphQLArguments) throws(GraphQLError) -> LedgerView {
        guard let sequence = try arguments.integer("atCheckpoint") else { return view }
        guard sequence <= view.checkpoint.sequence, sequence >= view.firstAvailable else {
            throw .input("Checkpoint \(sequence) is not available")
        }
        return .index(
            core.ledger, lag: core.ledger.checkpoints.count - 1 - sequence,
            retention: core.configuration.retention)
    }

    private func object(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let id = try arguments.needed("address", arguments.address("address"))
        let version = try arguments.integer("version").map { UInt64($0) }
        let view = try view(at: arguments)
        guard !faults.has(.notFound), let object = view.object(id, version: version) else {
            return .null
        }
        return .node(ObjectNode(typeName: "Object", object: object, view: view))
    }

    private func objects(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        var nodes: [(any GraphQLNode)?] = []
        for key in try arguments.list("keys") {
            guard case .object(let members) = key else { throw .input("keys hold no ObjectKey") }
            let key = GraphQLArguments(members)
            try key.only(["address", "version", "atCheckpoint"])
            switch try object(key) {
            case .node(let node): nodes.append(node)
            default: nodes.append(nil)
            }
        }
        return .sparse(nodes)
    }

    private func address(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let address = try arguments.needed("address", arguments.address("address"))
        return .node(AddressNode(address: address, view: try view(at: arguments)))
    }

    // MARK: - Execution and signatures

    private func simulate(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let options = NodeCore.SimulationOptions(
            checks: arguments["checksEnabled"] != false,
            selectsGas: arguments["doGasSelection"] == true)
        guard options.checks || !options.selectsGas else {
            throw .input("gas selection needs checks")
        }
        guard let text = arguments["transaction"]?["bcs"]?["value"]?.string,
            let bytes = try? Base64.decode(text)
        else { throw .input("transaction has no bcs value") }
        do throws(TransactionRefusal) {
            let effects = EffectsNode(simulated: try core.simulate(bytes, options), core.ledger)
            return .node(
                GraphQLRecord(
                    "SimulationResult", ["effects": .node(effects), "outputs": .value([])]))
        } catch {
            throw .input(error.text)
        }
    }

    private func verify(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLResult {
        let message = try arguments.needed("message", arguments.bytes("message"))
        let author = try arguments.needed("author", arguments.address("author"))
        let intent: Intent
        switch try arguments.string("intentScope") {
        case "PERSONAL_MESSAGE": intent = .personalMessage(message)
        case "TRANSACTION_DATA": intent = .transaction(message)
        default: throw .input("intentScope is unknown")
        }
        let text = try arguments.needed("signature", arguments.string("signature"))
        do throws(SuiSignatureError) {
            let signature = try SuiSignature.parse(base64: text)
            guard try signature.verify(intent, by: author) == .valid else {
                throw SuiSignatureError.zkLoginProofShape
            }
        } catch {
            throw .input(
                error.isMalformed
                    ? "Cannot parse signature: \(error.reason)"
                    : "Verification failed: \(error.reason)")
        }
        return .node(GraphQLRecord("SignatureVerifyResult", ["success": .value(true)]))
    }
}
