import Identifiers
import SuiProtocol

/// Turns what a customer wants into a transaction for the customer's wallet. Pure: what the chain
/// holds is given to it.
struct WalletComposer: Sendable {
    let terms: EscrowTerms
    let owner: SuiAddress
    let request: WalletRequest
    /// The account, or the operator where an account is opened.
    let target: SharedObject
    let funds: Funds
    /// The epoch now.
    let epoch: UInt64
    let price: UInt64
    /// Makes the digests of equal transactions differ where no coin does.
    let nonce: UInt32

    /// What the wallet holds of the accounts' coin.
    struct Funds: Hashable, Sendable {
        /// Largest first.
        var coins: [CoinHolding] = []
        var addressBalance: UInt64 = 0
        /// What lies in coins beyond these: a transaction takes so many and no more.
        var elsewhere: UInt64 = 0

        /// What one transaction can bring along.
        var atOnce: UInt64 {
            UInt64(clamping: coins.reduce(UInt128(addressBalance)) { $0 + UInt128($1.balance) })
        }

        var total: UInt64 { UInt64(clamping: UInt128(atOnce) + UInt128(elsewhere)) }
    }

    /// Bytes of a transaction that, in Base64 and beside the longest signature that is looked at,
    /// is a body that the gateway takes.
    static let byteLimit = 36_000
    /// Everything but coins, and some coins of gas more than the trial took.
    private static let frameBytes = 2_000
    /// A reference as gas: object, version, digest with its length.
    private static let gasCoinBytes = 73
    /// A reference as input and its place among the arguments of a merge.
    private static let coinBytes = 78

    /// Coins that a transaction has room for.
    static func coinLimit(gasCoins: Int) -> Int {
        max(1, (byteLimit - frameBytes - gasCoins * gasCoinBytes) / coinBytes)
    }

    var lastEpoch: UInt64 { epoch + 1 }

    func transaction(_ gas: WalletGas.Choice) throws(TransactionBuildError) -> TransactionData {
        var builder = TransactionBuilder()
        try write(into: &builder)
        return try builder.finish(
            sender: owner,
            gas: GasData(payment: gas.payment, owner: owner, price: price, budget: gas.budget),
            expiration: try expiration(paysFromBalance: gas.payment.isEmpty))
    }

    private func write(into builder: inout TransactionBuilder) throws(TransactionBuildError) {
        let contract = terms.contract
        switch request {
        case .open(_, let limit):
            let payment = try payment(in: &builder)
            try contract.open(
                target, spendingLimit: UInt64(clamping: limit.units), payment: payment,
                in: &builder)
        case .deposit:
            let payment = try payment(in: &builder)
            try contract.deposit(payment, into: target, in: &builder)
        case .withdraw(let amount):
            let coin = try contract.withdraw(
                UInt64(clamping: amount.units), from: target, in: &builder)
            try builder.transferObjects([coin], to: owner)
        case .setSpendingLimit(let limit):
            try contract.setSpendingLimit(
                UInt64(clamping: limit.units), of: target, in: &builder)
        }
    }

    private func payment(
        in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) -> TransactionArgument {
        try builder.coin(
            of: terms.contract.coin, amount: request.payment, from: funds.coins,
            addressBalance: funds.addressBalance)
    }

    private func expiration(
        paysFromBalance: Bool
    ) throws(TransactionBuildError) -> TransactionExpiration {
        guard paysFromBalance else { return .epoch(lastEpoch) }
        guard let chain = terms.chain else { throw .windowMissing }
        return .validDuring(ValidityWindow(epochs: epoch...lastEpoch, chain: chain, nonce: nonce))
    }
}
