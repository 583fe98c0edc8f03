public import Identifiers

/// What a customer wants a transaction for.
public enum WalletRequest: Hashable, Sendable {
    /// The payment may be zero, as may the limit, which then is none.
    case open(payment: MicroUSDC, spendingLimit: MicroUSDC)
    case deposit(MicroUSDC)
    case withdraw(MicroUSDC)
    case setSpendingLimit(MicroUSDC)

    public enum Kind: String, Sendable, CaseIterable {
        case open, deposit, withdraw
        case setSpendingLimit = "set_spending_limit"
    }

    public var kind: Kind {
        switch self {
        case .open: .open
        case .deposit: .deposit
        case .withdraw: .withdraw
        case .setSpendingLimit: .setSpendingLimit
        }
    }

    /// Nil where no money moves by its kind.
    var amount: MicroUSDC? {
        switch self {
        case .open(let amount, _), .deposit(let amount), .withdraw(let amount): amount
        case .setSpendingLimit: nil
        }
    }

    var spendingLimit: MicroUSDC? {
        switch self {
        case .open(_, let limit), .setSpendingLimit(let limit): limit
        case .deposit, .withdraw: nil
        }
    }

    /// What the wallet has to bring along, in micro-USDC.
    var payment: UInt64 {
        switch self {
        case .open(let amount, _), .deposit(let amount): UInt64(clamping: amount.units)
        case .withdraw, .setSpendingLimit: 0
        }
    }
}
