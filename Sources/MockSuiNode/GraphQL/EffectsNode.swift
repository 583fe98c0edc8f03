import ByteCodecs
import SuiProtocol

/// What a transaction did, or would do.
struct EffectsNode: GraphQLNode {
    private let transaction: LedgerTransaction
    private let view: LedgerView
    /// Of a simulation: those that would be.
    private let simulated: [PendingEvent]?

    init(executed transaction: LedgerTransaction, view: LedgerView) {
        self.transaction = transaction
        self.view = view
        simulated = nil
    }

    init(simulated: NodeCore.Simulation, _ ledger: Ledger) {
        transaction = LedgerTransaction(
            digest: simulated.digest, bytes: simulated.bytes,
            data: try? TransactionData(bcs: simulated.bytes), signatures: [],
            sender: simulated.sender, effects: simulated.effects, events: 0..<0,
            timestamp: ledger.now)
        view = .direct(ledger)
        self.simulated = simulated.events
    }

    var typeName: String { "TransactionEffects" }
    private var effects: TransactionEffects { transaction.effects }
    private var checkpoint: LedgerCheckpoint? {
        simulated == nil ? view.checkpoint(of: transaction.digest) : nil
    }

    private var bcs: [UInt8] {
        let events =
            simulated.map { $0.map { EventEnvelope($0, sender: transaction.sender) } }
            ?? view.ledger.events[transaction.events].map {
                EventEnvelope($0, sender: transaction.sender)
            }
        return effects.bcs(of: transaction.digest, events: EventEnvelope.digest(of: events))
    }

    func resolve(
        _ field: String, _ arguments: GraphQLArguments
    ) throws(GraphQLError) -> GraphQLResult {
        switch field {
        case "digest": .value("\(transaction.digest)")
        case "version": .value(2)
        case "effectsBcs": .value(.string(Base64.encode(bcs)))
        case "effectsDigest": .value("\(EffectsDigest(hashing: bcs))")
        case "status": .value(effects.failure == nil ? "SUCCESS" : "FAILURE")
        case "executionError": .maybe(effects.failure.map(error))
        case "epoch": .node(.epoch(effects.epoch, view))
        case "lamportVersion": .value(effects.lamportVersion.number)
        case "gasEffects": .node(gas)
        case "balanceChangesJson": .value(balanceChanges)
        case "checkpoint": .maybe(checkpoint.map { CheckpointNode(checkpoint: $0, view: view) })
        case "timestamp": .value(checkpoint?.timestamp.dateTime ?? .null)
        case "transaction": .node(TransactionNode(transaction, view))
        case "balanceChanges":
            .node(
                try PageCursor.connection(
                    "BalanceChangeConnection", effects.balanceChanges, arguments, change))
        case "events": .node(try events(arguments))
        case "objectChanges":
            .node(
                try PageCursor.connection(
                    "ObjectChangeConnection", effects.changes, arguments, change))
        default: .null
        }
    }

    private func events(_ arguments: GraphQLArguments) throws(GraphQLError) -> GraphQLRecord {
        guard let simulated else {
            return try PageCursor.connection("EventConnection", transaction.events, arguments) {
                EventNode(view.ledger.events[$0], view)
            }
        }
        return try PageCursor.connection("EventConnection", simulated.indices, arguments) { place in
            let event = simulated[place]
            return GraphQLRecord(
                "Event",
                [
                    "sequenceNumber": .value(place.number),
                    "sender": .node(.address(transaction.sender, view)),
                    "contents": .node(.moveValue(event.type, event.fields)),
                    "transactionModule": .node(
                        .module(event.callee.package, event.callee.module.description)),
                ])
        }
    }

    private func error(_ failure: ExecutionFailure) -> GraphQLRecord {
        var fields: [String: GraphQLResult] = ["message": .value(.string(failure.text))]
        if case .moveAbort(let package, let module, let function, let code) = failure.kind {
            let place = GraphQLRecord.module(package, module)
            fields["abortCode"] = .value(code.text)
            fields["module"] = .node(place)
            fields["function"] = .node(
                GraphQLRecord(
                    "MoveFunction",
                    [
                        "name": .value(.string(function)), "module": .node(place),
                        "fullyQualifiedName": .value("\(package)::\(module)::\(function)"),
                    ]))
        }
        return GraphQLRecord("ExecutionError", fields)
    }

    private var gas: GraphQLRecord {
        let coin = effects.changes.first { $0.id == effects.gasObject }?.after
        let summary = GraphQLRecord(
            "GasCostSummary",
            [
                "computationCost": .value(effects.gas.computation.number),
                "storageCost": .value(effects.gas.storage.number),
                "storageRebate": .value(effects.gas.rebate.number),
                "nonRefundableStorageFee": .value(effects.gas.nonRefundable.number),
            ])
        return GraphQLRecord(
            "GasEffects",
            [
                "gasObject": .maybe(
                    coin.map { ObjectNode(typeName: "Object", object: $0, view: view) }),
                "gasSummary": .node(summary),
            ])
    }

    private var balanceChanges: JSONValue {
        .array(
            effects.balanceChanges.map {
                [
                    "address": "\($0.owner)", "coinType": "\($0.coinType)",
                    "amount": "\($0.amount)",
                ]
            })
    }

    private func change(_ change: TransactionEffects.BalanceChange) -> any GraphQLNode {
        GraphQLRecord(
            "BalanceChange",
            [
                "owner": .node(.address(change.owner, view)),
                "coinType": .node(.type(change.coinType)), "amount": .value("\(change.amount)"),
            ])
    }

    private func change(_ change: TransactionEffects.Change) -> any GraphQLNode {
        let state = { (object: LedgerObject?) in
            GraphQLResult.maybe(
                object.map { ObjectNode(typeName: "Object", object: $0, view: view) })
        }
        return GraphQLRecord(
            "ObjectChange",
            [
                "address": .value("\(change.id)"),
                "idCreated": .value(.bool(change.before == nil)),
                "idDeleted": .value(.bool(change.after == nil)),
                "inputState": state(change.before), "outputState": state(change.after),
            ])
    }
}
