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
        let seen = versions.last { $0.transaction < transactionLimit }
        guard let version else { return seen?.object }
        return versions.first {
            $0.transaction < transactionLimit && $0.object?.version == version
        }?.object
    }

    /// What an address owns, oldest first.
    func owned(by owner: SuiAddress, type: EventTypeFilter? = nil) -> [LedgerObject] {
        (ledger.owned[owner] ?? []).compactMap { id in
            guard let object = object(id), object.owner == .address(owner),
                type?.matches(object.type) ?? true
            else { return nil }
            return object
        }
    }

    func addressBalance(_ key: BalanceKey) -> UInt64 {
        ledger.balances[key]?.last { $0.transaction < transactionLimit }?.amount ?? 0
    }

    /// What an address has in coins, and how many they are.
    func coins(of owner: SuiAddress, _ type: TypeTag) -> (sum: UInt128, count: Int) {
        owned(by: owner, type: .exact(.coin(of: type))).reduce((sum: 0, count: 0)) {
            guard case .coin(let balance) = $1.contents else { return $0 }
            return ($0.sum + UInt128(balance), $0.count + 1)
        }
    }

    func coinTypes(of owner: SuiAddress) -> [TypeTag] {
        let types =
            owned(by: owner).compactMap(\.coinType)
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
        var low = 0
        var high = checkpoint.sequence + 1
        while low < high {
            let middle = (low + high) / 2
            if ledger.checkpoints[middle].transactions.upperBound > transaction {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return checkpoint(low)
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
