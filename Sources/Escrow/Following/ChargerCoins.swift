import SuiProtocol

/// What transactions, one after the other, leave of the charger's coins of SUI. Pure.
struct ChargerCoins {
    private enum Fate {
        case held(GasCoin)
        case gone(GoneCoin)
    }

    let charger: SuiAddress
    private var fates: [ObjectID: Fate] = [:]

    init(charger: SuiAddress) { self.charger = charger }

    mutating func apply(_ transaction: NodeTransaction, checkpoint: Int64) {
        for change in transaction.suiCoins {
            switch change.state {
            case .held(let reference, by: charger, let balance):
                set(
                    change.id, reference.version,
                    .held(.init(reference: reference, balance: balance)))
            case .held(let reference, by: _, balance: _):
                set(
                    change.id, reference.version,
                    .gone(.init(id: change.id, version: reference.version, checkpoint: checkpoint)))
            case .gone:
                // All objects of a transaction leave it with one version.
                let version = transaction.gas?.object.version
                set(
                    change.id, version,
                    .gone(.init(id: change.id, version: version, checkpoint: checkpoint)))
            }
        }
    }

    /// Versions only grow, in whatever order a node lists its transactions.
    private mutating func set(_ id: ObjectID, _ version: UInt64?, _ fate: Fate) {
        if let version, let known = knownVersion(of: id), known > version { return }
        fates[id] = fate
    }

    private func knownVersion(of id: ObjectID) -> UInt64? {
        switch fates[id] {
        case .held(let coin): coin.reference.version
        case .gone(let coin): coin.version
        case nil: nil
        }
    }

    var held: [GasCoin] {
        fates.values.compactMap { fate in
            guard case .held(let coin) = fate else { return nil }
            return coin
        }.sorted { $0.reference.id.bytes.lexicographicallyPrecedes($1.reference.id.bytes) }
    }

    var gone: [GoneCoin] {
        fates.values.compactMap { fate in
            guard case .gone(let coin) = fate else { return nil }
            return coin
        }.sorted { $0.id.bytes.lexicographicallyPrecedes($1.id.bytes) }
    }
}
