import SuiProtocol

/// How a wallet pays for running: with its coins of SUI, or else out of its address balance. Pure.
struct WalletGas: Sendable {
    /// Largest first.
    let coins: [CoinHolding]
    /// Zero where it cannot be used: its payment names the network.
    let addressBalance: UInt64
    /// MIST for a unit of gas.
    let price: UInt64

    struct Choice: Equatable, Sendable {
        /// Empty: the address balance pays.
        var payment: [ObjectReference]
        var budget: UInt64
    }

    /// Enough for any call of the contract's with its hundreds of coins: 0.1 SUI.
    static let trialBudget: UInt64 = 100_000_000
    /// Ten times that: a node that wants more for what a trial showed to cost less is not believed.
    static let largestBudget = 10 * trialBudget
    /// Kept beyond what a trial cost, for what changes until the wallet signs.
    static let reserve: UInt64 = 2_000_000
    /// The least budget, in units of gas. Source: `Docs/Sources.md#gas`.
    static let leastUnits: UInt64 = 1000

    /// All that can pay in one way: coins do not add to the address balance.
    var available: UInt64 { max(sum(coins.prefix(TransactionLimits.gasCoins)), addressBalance) }

    /// What a trial is run with; nil where there is not even the least.
    func trial() -> Choice? {
        let budget = min(Self.trialBudget, available)
        guard budget >= Self.least(price: price) else { return nil }
        return choice(covering: budget)
    }

    /// What the transaction is to offer after a trial that cost this; nil where that is too much.
    func choice(after costs: GasCosts) -> Choice? {
        choice(covering: Self.budget(after: costs, price: price))
    }

    static func budget(after costs: GasCosts, price: UInt64) -> UInt64 {
        let scaled = UInt128(costs.computation) * 6 / 5 + UInt128(costs.storage)
        return max(UInt64(clamping: scaled + UInt128(reserve)), least(price: price))
    }

    /// What no transaction costs less than.
    static func least(price: UInt64) -> UInt64 {
        UInt64(clamping: UInt128(leastUnits) * UInt128(price))
    }

    /// As few coins as do, the largest first.
    private func choice(covering budget: UInt64) -> Choice? {
        var (taken, total): ([ObjectReference], UInt128) = ([], 0)
        for coin in coins.prefix(TransactionLimits.gasCoins) where total < budget {
            taken.append(coin.reference)
            total += UInt128(coin.balance)
        }
        if total >= budget { return Choice(payment: taken, budget: budget) }
        return addressBalance >= budget ? Choice(payment: [], budget: budget) : nil
    }

    private func sum(_ coins: some Sequence<CoinHolding>) -> UInt64 {
        UInt64(clamping: coins.reduce(UInt128(0)) { $0 + UInt128($1.balance) })
    }
}
