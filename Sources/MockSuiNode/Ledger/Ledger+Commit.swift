import SuiProtocol

extension Ledger {
    /// A transaction on its way into the chain.
    struct Outcome {
        let digest: TransactionDigest
        var bytes: [UInt8]?
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
        record(outcome.events, of: index)
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
        return transaction
    }

    private mutating func record(_ pending: [PendingEvent], of transaction: Int) {
        for (sequence, event) in pending.enumerated() {
            eventsByType[event.type, default: []].append(events.count)
            events.append(
                LedgerEvent(
                    type: event.type, fields: event.fields, callee: event.callee,
                    transaction: transaction, sequence: sequence))
        }
    }

    private mutating func record(_ change: TransactionEffects.Change, of transaction: Int) {
        versions[change.id, default: []].append(
            ObjectVersion(transaction: transaction, object: change.after))
        guard case .address(let owner)? = change.after?.owner,
            everOwned[change.id, default: []].insert(owner).inserted
        else { return }
        owned[owner, default: []].append(change.id)
    }

    private mutating func record(_ key: BalanceKey, _ amount: UInt64, of transaction: Int) {
        if balances[key] == nil { balanceTypes[key.owner, default: []].append(key.coinType) }
        balances[key, default: []].append(
            BalanceVersion(transaction: transaction, amount: amount))
    }
}
