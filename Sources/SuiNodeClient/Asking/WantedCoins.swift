import SuiProtocol

/// How many pages of an address's coins are looked at. Pure.
struct WantedCoins: Sendable {
    /// The largest ones, of which so many are kept.
    let limit: Int
    /// What those together have to be worth, in the coin's smallest unit, for the looking to end.
    var worth: UInt64 = 0

    /// The largest ones first, each once.
    func largest(_ found: [CoinHolding]) -> [CoinHolding] {
        let each = Dictionary(found.map { ($0.reference.id, $0) }) { _, last in last }
        let sorted = each.values.sorted {
            ($1.balance, $0.reference.id.description) < ($0.balance, $1.reference.id.description)
        }
        return Array(sorted.prefix(max(0, limit)))
    }

    func goesOn(after pages: Int, _ found: [CoinHolding], within limits: SuiNodeLimits) -> Bool {
        if pages < limits.coinPages { return true }
        return pages < limits.mostCoinPages && !isMet(by: found)
    }

    private func isMet(by found: [CoinHolding]) -> Bool {
        worth == 0 || Self.sum(largest(found)) >= UInt128(worth)
    }

    private static func sum(_ coins: [CoinHolding]) -> UInt128 {
        coins.reduce(0) { $0 + UInt128($1.balance) }
    }
}
