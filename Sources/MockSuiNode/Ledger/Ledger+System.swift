import SuiProtocol

extension Ledger {
    /// A coin, or an address balance, that nobody paid for.
    func minting(_ mint: LedgerInput.Mint) -> Outcome {
        let bytes = genesis.bytes("mint \(transactions.count)")
        let digest = TransactionDigest(hashing: bytes)
        var changes: [TransactionEffects.Change] = []
        var balances: [BalanceKey: UInt64] = [:]
        if mint.isBalance {
            let key = BalanceKey(owner: mint.address, coinType: mint.coinType)
            balances[key] = addressBalance(key).addingReportingOverflow(mint.amount).partialValue
        } else {
            let coin = LedgerObject(
                id: .created(by: digest, index: 0), type: .coin(of: mint.coinType),
                owner: .address(mint.address), contents: .coin(balance: mint.amount), version: 1,
                previousTransaction: digest)
            changes = [.init(id: coin.id, before: nil, after: coin)]
        }
        let gain = TransactionEffects.BalanceChange(
            owner: mint.address, coinType: mint.coinType, amount: Int128(mint.amount))
        return .system(
            bytes, epoch: epoch, changes: changes, balances: balances, balanceChanges: [gain])
    }
}

extension Ledger.Outcome {
    static func system(
        _ bytes: [UInt8], epoch: UInt64, changes: [TransactionEffects.Change],
        balances: [BalanceKey: UInt64] = [:],
        balanceChanges: [TransactionEffects.BalanceChange] = [], events: [PendingEvent] = []
    ) -> Self {
        Self(
            digest: TransactionDigest(hashing: bytes), bytes: bytes, sender: .zero,
            effects: TransactionEffects(
                failure: nil, epoch: epoch, gas: GasSummary(), lamportVersion: 1,
                changes: changes, unchanged: [], gasObject: nil, balances: balances,
                balanceChanges: balanceChanges),
            events: events)
    }
}

extension Genesis {
    /// The first transaction: the operator is there, its cap belongs to the treasury.
    static func beginning(_ genesis: Genesis) -> Ledger.Outcome {
        let digest = genesis.digest("genesis")
        let type = { (name: MoveIdentifier) in
            StructTag(genesis.escrowPackage, "account", name)
        }
        let objects = [
            LedgerObject(
                id: genesis.operatorID, type: type("Operator"), owner: .shared(initialVersion: 1),
                contents: .escrowOperator(charger: genesis.charger, treasury: genesis.treasury),
                version: 1, previousTransaction: digest),
            LedgerObject(
                id: genesis.operatorCapID, type: type("OperatorCap"),
                owner: .address(genesis.treasury),
                contents: .operatorCap(operator: genesis.operatorID), version: 1,
                previousTransaction: digest),
        ]
        let created = PendingEvent(
            type: type("OperatorCreated"),
            fields: [
                ("operator", .address(genesis.operatorID)),
                ("charger", .address(genesis.charger)), ("treasury", .address(genesis.treasury)),
            ], callee: (genesis.escrowPackage, "account"))
        return .system(
            genesis.bytes("genesis"), epoch: 0,
            changes: objects.map { .init(id: $0.id, before: nil, after: $0) }, events: [created])
    }
}
