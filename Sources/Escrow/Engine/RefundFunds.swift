import SuiProtocol

/// Where a refund's money comes from. Pure.
///
/// A coin is in one transaction at a time, so that refunds go beside each other only out of several
/// coins, or out of the address balance, which any number of them share.
struct RefundFunds: Hashable, Sendable {
    /// Coins to keep the charger's USDC in: so many refunds can be on their way at once.
    private static let wantedCoins = 8
    /// A coin that is less of all there is than one in so many is dust, which strangers send for
    /// nothing: no coin to keep the charger's USDC in.
    private static let dustShare: UInt128 = 64

    /// Those that no other bytes spend.
    private(set) var coins: [CoinHolding] = []
    private(set) var addressBalance: UInt64 = 0
    /// Coins that bytes which were given up have locked: used only where the others do not pay.
    private var locked: Set<ObjectID> = []
    /// With what is spent by others.
    private var sumOfCoins: UInt128 = 0
    /// With those that are spent by others, without dust.
    private var coinsInAll = 0

    init() {}

    init(coins: [CoinHolding], addressBalance: UInt64, locked: Set<ObjectID> = []) {
        self.coins = coins
        self.addressBalance = addressBalance
        self.locked = locked
        sumOfCoins = coins.reduce(0) { $0 + UInt128($1.balance) }
        coinsInAll = coins.count { isOfUse($0.balance) }
    }

    private func isOfUse(_ balance: UInt64) -> Bool {
        UInt128(balance) * Self.dustShare >= sumOfCoins
    }

    var sum: UInt128 { coins.reduce(UInt128(addressBalance)) { $0 + UInt128($1.balance) } }

    /// The coins that a transaction takes.
    static func spent(by data: TransactionData) -> [ObjectID] {
        data.program.inputs.compactMap { input in
            if case .object(.owned(let reference)) = input { reference.id } else { nil }
        }
    }

    /// Bytes that may still run have their coins and their part of the balance.
    mutating func remove(spentBy data: TransactionData) {
        for input in data.program.inputs {
            switch input {
            case .object(.owned(let reference)):
                coins.removeAll { $0.reference.id == reference.id }
            case .funds(let withdrawal):
                addressBalance -= min(addressBalance, withdrawal.amount)
            default: continue
            }
        }
    }

    /// The coins that `amount` needs: none where the balance pays for it; or the smallest one that
    /// does, which leaves the larger ones to others; or else as few as do.
    func coins(for amount: UInt64) -> [CoinHolding] {
        if addressBalance >= amount { return [] }
        let free = coins.filter { !locked.contains($0.reference.id) }
        let sumOfFree = free.reduce(UInt128(addressBalance)) { $0 + UInt128($1.balance) }
        let sorted = (sumOfFree >= UInt128(amount) ? free : coins)
            .sorted { $0.balance < $1.balance }
        if let one = sorted.first(where: { $0.balance >= amount }) { return [one] }
        var (taken, sum): ([CoinHolding], UInt128) = ([], UInt128(addressBalance))
        for coin in sorted.reversed() where sum < UInt128(amount) {
            taken.append(coin)
            sum += UInt128(coin.balance)
        }
        return taken
    }

    /// What is split off the coin that pays, to be a coin of its own for a refund beside the next
    /// one: half of what is left of it, while there are few coins and half is as much again.
    func spare(beside amount: UInt64) -> (of: CoinHolding, amount: UInt64)? {
        let taken = coins(for: amount)
        guard coinsInAll < Self.wantedCoins, amount > 0, taken.count == 1, let coin = taken.first,
            coin.balance > amount
        else { return nil }
        let half = (coin.balance - amount) / 2
        return half >= amount && isOfUse(half) ? (coin, half) : nil
    }
}
