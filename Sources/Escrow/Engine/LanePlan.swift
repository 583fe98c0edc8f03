import SuiProtocol

/// A transaction that makes gas coins: small ones are merged into a large one, which is split.
struct LanePlan: Hashable, Sendable {
    /// The first takes the others in.
    let payment: [LaneCoin]
    /// MIST of each coin to be made.
    let share: UInt64
    let count: Int

    /// Small coins are merged when there are so many, or when nothing else can pay.
    static let dustLimit = 16
    /// Source: `Docs/Sources.md#gas`. One is the coin that takes the others in.
    private static let paymentLimit = 256
    /// Kept back for the transaction itself.
    private static let feeMist: UInt64 = 50_000_000

    /// - Parameter least: below it a coin pays for nothing.
    /// - Returns: nil where there are lanes enough, or no coin to make them of.
    init?(coins: [LaneCoin], wanted: Int, share: UInt64, least: UInt64) {
        let free = coins.filter { !$0.isClaimed }.sorted { $0.balance > $1.balance }
        guard let first = free.first else { return nil }
        let usable = coins.count { $0.balance >= least }
        let dust = free.dropFirst().filter { $0.balance < least }.prefix(Self.paymentLimit - 1)
        let missing = max(0, wanted - usable)
        let sum = dust.reduce(first.balance) { sum, coin in
            let (total, isTooLarge) = sum.addingReportingOverflow(coin.balance)
            return isTooLarge ? .max : total
        }
        let spendable = sum > Self.feeMist ? sum - Self.feeMist : 0
        // Each new coin has to last a while, and what is left over is a lane as well.
        let possible = spendable / (2 * least)
        let made = min(UInt64(missing), possible > 0 ? possible - 1 : 0)
        let isMerging =
            dust.count >= Self.dustLimit || usable == 0 && !dust.isEmpty && spendable >= least
        guard made > 0 || isMerging else { return nil }
        payment = [first] + dust
        count = Int(made)
        self.share = made > 0 ? min(share, spendable / (made + 1)) : 0
    }
}
