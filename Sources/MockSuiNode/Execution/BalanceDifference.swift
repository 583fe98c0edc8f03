import SuiProtocol

/// Who has more and who has less after a transaction: coins and address balances together.
enum BalanceDifference {
    static func between(
        _ changes: [TransactionEffects.Change], balances: [BalanceKey: UInt64], before: Ledger
    ) -> [TransactionEffects.BalanceChange] {
        var sums: [BalanceKey: Int128] = [:]
        for change in changes {
            add(change.before, sign: -1, to: &sums)
            add(change.after, sign: 1, to: &sums)
        }
        for (key, amount) in balances {
            sums[key, default: 0] += Int128(amount) - Int128(before.addressBalance(key))
        }
        return sums.filter { $0.value != 0 }
            .map { .init(owner: $0.key.owner, coinType: $0.key.coinType, amount: $0.value) }
            .sorted {
                ($0.owner.description, "\($0.coinType)") < ($1.owner.description, "\($1.coinType)")
            }
    }

    private static func add(
        _ object: LedgerObject?, sign: Int128, to sums: inout [BalanceKey: Int128]
    ) {
        guard let object, case .address(let owner) = object.owner,
            case .coin(let balance) = object.contents, let type = object.coinType
        else { return }
        sums[BalanceKey(owner: owner, coinType: type), default: 0] += sign * Int128(balance)
    }
}
