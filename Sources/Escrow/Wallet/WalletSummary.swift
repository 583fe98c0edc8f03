import Identifiers
import SuiProtocol

/// What a transaction does, in words for the person who is to sign it.
enum WalletSummary {
    /// - Parameters:
    ///   - reserved: what is held for charges without outcome.
    ///   - balance: what is in the account.
    static func text(
        _ request: WalletRequest, coin: TypeTag, budget: UInt64, lastEpoch: UInt64,
        balance: MicroUSDC, reserved: MicroUSDC
    ) -> String {
        let money = KnownCoin.usdc(coin)
        let fee = KnownCoin.sui.text(budget)
        var sentences = [deed(request, money)]
        if case .withdraw(let amount) = request, reserved > .zero,
            let left = try? balance.subtracting(amount), left < reserved
        {
            sentences.append(
                "\(text(reserved, money)) of the account are reserved for charges under way; "
                    + "they do not stop the withdrawal, and a charge that is no longer covered is "
                    + "declined, which can suspend services.")
        }
        sentences.append("Costs at most \(fee) for gas.")
        sentences.append("Can be run until the end of epoch \(lastEpoch).")
        return sentences.joined(separator: " ")
    }

    private static func deed(_ request: WalletRequest, _ money: KnownCoin) -> String {
        switch request {
        case .open(let payment, let limit):
            "Opens an escrow account with \(text(payment, money)) in it and "
                + "\(words(limit, money))."
        case .deposit(let amount): "Pays \(text(amount, money)) into your escrow account."
        case .withdraw(let amount):
            "Takes \(text(amount, money)) out of your escrow account and back to your wallet."
        case .setSpendingLimit(let limit): "Sets your escrow account to \(words(limit, money))."
        }
    }

    private static func words(_ limit: MicroUSDC, _ money: KnownCoin) -> String {
        limit == .zero
            ? "no spending limit"
            : "a spending limit of \(text(limit, money)) for each period of 28 days"
    }

    private static func text(_ amount: MicroUSDC, _ money: KnownCoin) -> String {
        money.text(UInt64(clamping: amount.units))
    }
}
