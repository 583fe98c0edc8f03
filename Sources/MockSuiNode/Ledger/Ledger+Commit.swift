import SuiProtocol

extension Ledger {
    /// A transaction on its way into the chain.
    struct Outcome {
        let digest: TransactionDigest
        let bytes: [UInt8]
        var data: TransactionData?
        var signatures: [String] = []
        let sender: SuiAddress
        let effects: TransactionEffects
        var events: [PendingEvent] = []
    }

    @discardableResult
    mutating func commit(_ outcome: Outcome) -> LedgerTransaction {
        let index = transactions.count
        indices[outcome.digest] = index
        let transaction = LedgerTransaction(
            digest: outcome.digest, bytes: outcome.bytes, data: outcome.data,
            signatures: outcome.signatures, sender: outcome.sender, effects: outcome.effects,
            events: events.count..<(events.count + outcome.events.count), timestamp: now)
        transactions.append(transaction)
        record(outcome.events, of: index, by: outcome.sender)
        var touched: Set<SuiAddress> = [outcome.sender]
        for change in outcome.effects.changes {
            record(change, of: index)
            for object in [change.before, change.after] {
                if case .address(let owner)? = object?.owner { touched.insert(owner) }
            }
        }
        for (key, amount) in outcome.effects.balances {
            record(key, amount, of: index)
            touched.insert(key.owner)
        }
        for address in touched { affecting[address, default: []].append(index) }
        sent[outcome.sender, default: []].append(index)
        return transaction
    }

    private mutating func record(
        _ pending: [PendingEvent], of transaction: Int, by sender: SuiAddress
    ) {
        for (sequence, event) in pending.enumerated() {
            let type = event.type
            eventsByType[type, default: []].append(events.count)
            for module in [type.module, nil] {
                let place = EventPlace(package: type.package, module: module)
                eventsByPlace[place, default: []].append(events.count)
            }
            eventsBySender[sender, default: []].append(events.count)
            events.append(
                LedgerEvent(
                    type: event.type, fields: event.fields, callee: event.callee,
                    transaction: transaction, sequence: sequence))
        }
    }

    private mutating func record(_ change: TransactionEffects.Change, of transaction: Int) {
        versions[change.id, default: []].append(
            ObjectVersion(transaction: transaction, object: change.after))
        guard let object = change.after, case .address(let owner) = object.owner,
            everOwned[change.id, default: []].insert(owner).inserted
        else { return }
        let key = OwnedKey(owner: owner, type: object.type)
        if owned[key] == nil { ownedTypes[owner, default: []].append(object.type) }
        owned[key, default: []].append(change.id)
    }

    private mutating func record(_ key: BalanceKey, _ amount: UInt64, of transaction: Int) {
        if balances[key] == nil { balanceTypes[key.owner, default: []].append(key.coinType) }
        balances[key, default: []].append(
            BalanceVersion(transaction: transaction, amount: amount))
    }
}
