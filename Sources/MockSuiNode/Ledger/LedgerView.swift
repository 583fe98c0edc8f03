import SuiProtocol

/// The chain as a reader sees it: up to a transaction, which may lie behind the latest.
struct LedgerView {
    let ledger: Ledger
    /// Transactions from this index on are not seen.
    let transactionLimit: Int
    /// The latest checkpoint that is seen.
    let checkpoint: LedgerCheckpoint
    /// The first checkpoint whose events and transactions can still be listed.
    let firstAvailable: Int

    /// What an index has taken in: whole checkpoints, `lag` behind the tip.
    static func index(_ ledger: Ledger, lag: Int, retention: Int?) -> LedgerView {
        let last = max(0, ledger.checkpoints.count - 1 - lag)
        let checkpoint = ledger.checkpoints[last]
        return LedgerView(
            ledger: ledger, transactionLimit: checkpoint.transactions.upperBound,
            checkpoint: checkpoint, firstAvailable: retention.map { max(0, last - $0) } ?? 0)
    }

    /// What the node itself has run, in a checkpoint or not.
    static func direct(_ ledger: Ledger) -> LedgerView {
        LedgerView(
            ledger: ledger, transactionLimit: ledger.transactions.count,
            checkpoint: ledger.checkpoints[ledger.checkpoints.count - 1], firstAvailable: 0)
    }

    // MARK: - Objects

    /// - Parameter version: nil for the latest that is seen.
    func object(_ id: ObjectID, version: UInt64? = nil) -> LedgerObject? {
        if id == .clock { return version == nil ? ledger.clock : nil }
        guard let versions = ledger.versions[id] else { return nil }
        let end = versions.firstIndex(notBelow: transactionLimit, by: \.transaction)
        guard let version else { return versions[..<end].last?.object }
        let present =
            versions[..<end].last?.object == nil ? versions[..<end].dropLast() : versions[..<end]
        let place = present.firstIndex(notBelow: version) { $0.object?.version ?? 0 }
        guard place < present.endIndex, present[place].object?.version == version else {
            return nil
        }
        return present[place].object
    }

    /// What an address owns: within a type coins from the largest to the smallest, as indexes of
    /// nodes have them, and what is no coin from the oldest on.
    func owned(by owner: SuiAddress, type filter: EventTypeFilter? = nil) -> [LedgerObject] {
        let types: [StructTag] =
            if case .exact(let type)? = filter { [type] } else {
                (ledger.ownedTypes[owner] ?? []).filter { filter?.matches($0) ?? true }
            }
        return types.flatMap { type in
            let found = (ledger.owned[OwnedKey(owner: owner, type: type)] ?? []).compactMap { id in
                object(id).flatMap { $0.owner == .address(owner) ? $0 : nil }
            }
            guard type.isCoin, found.count > 1 else { return found }
            return found.enumerated().sorted {
                ($1.element.coinBalance, $0.offset) < ($0.element.coinBalance, $1.offset)
            }.map(\.element)
        }
    }

    func addressBalance(_ key: BalanceKey) -> UInt64 {
        guard let amounts = ledger.balances[key] else { return 0 }
        let end = amounts.firstIndex(notBelow: transactionLimit, by: \.transaction)
        return amounts[..<end].last?.amount ?? 0
    }

    /// What an address has in coins, and how many they are.
    func coins(of owner: SuiAddress, _ type: TypeTag) -> (sum: UInt128, count: Int) {
        owned(by: owner, type: .exact(.coin(of: type))).reduce((sum: 0, count: 0)) {
            guard case .coin(let balance) = $1.contents else { return $0 }
            return ($0.sum + UInt128(balance), $0.count + 1)
        }
    }

    func coinTypes(of owner: SuiAddress) -> [TypeTag] {
        let coins = (ledger.ownedTypes[owner] ?? []).filter {
            $0.isCoin && !owned(by: owner, type: .exact($0)).isEmpty
        }
        let types =
            coins.flatMap(\.typeArguments)
            + (ledger.balanceTypes[owner] ?? []).filter {
                addressBalance(BalanceKey(owner: owner, coinType: $0)) > 0
            }
        return Set(types).sorted { $0.description < $1.description }
    }

    // MARK: - Transactions and checkpoints

    func transaction(_ digest: TransactionDigest) -> LedgerTransaction? {
        guard let index = ledger.indices[digest], index < transactionLimit else { return nil }
        return ledger.transactions[index]
    }

    func checkpoint(_ sequence: Int) -> LedgerCheckpoint? {
        guard (0...checkpoint.sequence).contains(sequence) else { return nil }
        return ledger.checkpoints[sequence]
    }

    /// The checkpoint a transaction is in; nil while it is in none that is seen.
    func checkpoint(of digest: TransactionDigest) -> LedgerCheckpoint? {
        guard let index = ledger.indices[digest] else { return nil }
        return checkpoint(holding: index)
    }

    func checkpoint(holding transaction: Int) -> LedgerCheckpoint? {
        checkpoint(
            ledger.checkpoints.firstIndex(notBelow: transaction + 1) { $0.transactions.upperBound })
    }

    func checkpoint(named digest: String) -> LedgerCheckpoint? {
        guard let digest = try? CheckpointDigest(parsing: digest) else { return nil }
        return ledger.checkpointsByDigest[digest].flatMap(checkpoint(_:))
    }

    /// Transactions by their indices: those sent by an address, or those that affect it.
    func transactions(
        sentBy sender: SuiAddress? = nil, affecting address: SuiAddress? = nil,
        in window: CheckpointWindow
    ) -> RisingIndices {
        let seen = transactions(in: window)
        let list =
            if let sender { ledger.sent[sender] ?? [] } else if let address {
                ledger.affecting[address] ?? []
            } else { nil as [Int]? }
        guard let list else { return RisingIndices(seen) }
        return RisingIndices(list[...]).clamped(to: seen)
    }

    /// Transactions of some checkpoints, by index.
    func transactions(in window: CheckpointWindow) -> Range<Int> {
        let first = max(window.first, firstAvailable)
        let last = min(window.last, checkpoint.sequence)
        guard first <= last else { return 0..<0 }
        let start = ledger.checkpoints[first].transactions.lowerBound
        return start..<ledger.checkpoints[last].transactions.upperBound
    }
}
