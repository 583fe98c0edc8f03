import ByteCodecs
import SuiProtocol

/// Transactions and events in JSON-RPC's form.
struct JSONRPCTransaction {
    let view: LedgerView
    let options: JSONRPCOptions

    func json(_ transaction: LedgerTransaction) -> JSONObject {
        var answer: JSONObject = ["digest": "\(transaction.digest)"]
        if options.has("showInput") {
            answer["transaction"] = [
                "data": [
                    "messageVersion": "v1", "sender": "\(transaction.sender)",
                    "gasData": gas(transaction.data),
                ],
                "txSignatures": .array(transaction.signatures.map { .string($0) }),
            ]
        }
        if options.has("showRawInput") {
            answer["rawTransaction"] = .string(Base64.encode(signed(transaction)))
        }
        if options.has("showEffects") {
            answer["effects"] = effects(transaction.effects, digest: transaction.digest)
        }
        if options.has("showEvents") {
            answer["events"] = .array(transaction.events.map { event(view.ledger.events[$0]) })
        }
        if options.has("showObjectChanges") {
            answer["objectChanges"] = objectChanges(transaction.effects, transaction.sender)
        }
        if options.has("showBalanceChanges") {
            answer["balanceChanges"] = balanceChanges(transaction.effects)
        }
        answer["timestampMs"] = transaction.timestamp.text
        if let checkpoint = view.checkpoint(of: transaction.digest) {
            answer["timestampMs"] = checkpoint.timestamp.text
            answer["checkpoint"] = checkpoint.sequence.text
        }
        return answer
    }

    private func gas(_ data: TransactionData?) -> JSONValue {
        guard let gas = data?.gas else { return .null }
        return [
            "payment": .array(
                gas.payment.map {
                    [
                        "objectId": "\($0.id)", "version": $0.version.number,
                        "digest": "\($0.digest)",
                    ]
                }), "owner": "\(gas.owner)", "price": gas.price.text, "budget": gas.budget.text,
        ]
    }

    /// BCS of a vector of one signed transaction: intent, data, signatures.
    private func signed(_ transaction: LedgerTransaction) -> [UInt8] {
        var writer = BCSWriter()
        writer.raw([1, 0, 0, 0])
        writer.raw(transaction.bytes)
        writer.vector(transaction.signatures.map { (try? Base64.decode($0)) ?? [] }) {
            $0.byteVector($1)
        }
        return writer.bytes
    }

    // MARK: - Effects

    func effects(_ effects: TransactionEffects, digest: TransactionDigest) -> JSONValue {
        var answer: JSONObject = [
            "messageVersion": "v1", "status": status(effects),
            "executedEpoch": effects.epoch.text,
            "gasUsed": [
                "computationCost": effects.gas.computation.text,
                "storageCost": effects.gas.storage.text,
                "storageRebate": effects.gas.rebate.text,
                "nonRefundableStorageFee": effects.gas.nonRefundable.text,
            ], "transactionDigest": "\(digest)",
        ]
        let changes = effects.changes
        answer["created"] = owned(changes.filter { $0.before == nil }.compactMap(\.after))
        answer["mutated"] = owned(changes.filter { $0.before != nil }.compactMap(\.after))
        answer["deleted"] = .array(
            changes.filter { $0.after == nil }.map {
                [
                    "objectId": "\($0.id)", "version": effects.lamportVersion.number,
                    "digest": "7gyGAp71YXQRoxmFBaHxofQXAipvgHyBKPyxmdSJxyvz",
                ]
            })
        let gas = changes.first { $0.id == effects.gasObject }?.after
        answer["gasObject"] = [
            "owner": JSONRPCForms.owner(gas?.owner ?? .address(.zero)),
            "reference": gas.map(JSONRPCForms.reference) ?? JSONRPCForms.noReference,
        ]
        return .object(answer)
    }

    private func status(_ effects: TransactionEffects) -> JSONValue {
        guard let failure = effects.failure else { return ["status": "success"] }
        return ["status": "failure", "error": .string(failure.text)]
    }

    private func owned(_ objects: [LedgerObject]) -> JSONValue {
        .array(
            objects.map {
                [
                    "owner": JSONRPCForms.owner($0.owner),
                    "reference": JSONRPCForms.reference($0),
                ]
            })
    }

    func objectChanges(_ effects: TransactionEffects, _ sender: SuiAddress) -> JSONValue {
        .array(
            effects.changes.map { change in
                let kind =
                    change.before == nil ? "created" : change.after == nil ? "deleted" : "mutated"
                let object = change.after ?? change.before
                var answer: JSONObject = [
                    "type": .string(kind), "sender": "\(sender)",
                    "objectType": object.map { "\($0.type)" } ?? .null,
                    "objectId": "\(change.id)", "version": effects.lamportVersion.text,
                ]
                if let after = change.after {
                    answer["owner"] = JSONRPCForms.owner(after.owner)
                    answer["digest"] = "\(after.digest)"
                }
                if let before = change.before { answer["previousVersion"] = before.version.text }
                return .object(answer)
            })
    }

    func balanceChanges(_ effects: TransactionEffects) -> JSONValue {
        .array(
            effects.balanceChanges.map {
                [
                    "owner": ["AddressOwner": "\($0.owner)"], "coinType": "\($0.coinType)",
                    "amount": "\($0.amount)",
                ]
            })
    }

    // MARK: - Events

    func id(of event: LedgerEvent) -> JSONValue {
        [
            "txDigest": "\(view.ledger.transactions[event.transaction].digest)",
            "eventSeq": event.sequence.text,
        ]
    }

    func event(_ event: LedgerEvent) -> JSONValue {
        let transaction = view.ledger.transactions[event.transaction]
        return self.event(
            event.type, event.fields, event.callee, digest: transaction.digest,
            sequence: event.sequence, sender: transaction.sender,
            at: view.checkpoint(holding: event.transaction)?.timestamp ?? transaction.timestamp)
    }

    func event(
        _ type: StructTag, _ fields: MoveData.Fields,
        _ callee: (package: SuiAddress, module: MoveIdentifier), digest: TransactionDigest,
        sequence: Int, sender: SuiAddress, at time: Int64
    ) -> JSONValue {
        [
            "id": ["txDigest": "\(digest)", "eventSeq": sequence.text],
            "packageId": "\(callee.package)", "transactionModule": "\(callee.module)",
            "sender": "\(sender)", "type": "\(type)", "parsedJson": MoveData.jsonRPC(fields),
            "bcsEncoding": "base64", "bcs": .string(Base64.encode(MoveData.bcs(of: fields))),
            "timestampMs": time.text,
        ]
    }
}
