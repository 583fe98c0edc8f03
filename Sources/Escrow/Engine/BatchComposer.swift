import Identifiers
import SuiProtocol

/// Turns operations into transactions. Pure.
struct BatchComposer: Sendable {
    let contract: EscrowContract
    let `operator`: SharedObject
    let charger: SuiAddress

    /// What a transaction pays for running.
    struct Gas: Hashable, Sendable {
        var payment: [ObjectReference]
        /// In MIST.
        var price: UInt64
        var budget: UInt64
        /// The last epoch in which it may run.
        var lastEpoch: Int64
    }

    func transaction(
        _ purpose: ChargeBatch.Purpose, _ operations: [EngineOperation], gas: Gas,
        funds: RefundFunds = .init()
    ) throws(TransactionBuildError) -> TransactionData {
        var builder = TransactionBuilder()
        switch purpose {
        case .charge:
            try contract.charge(operations.compactMap(charge), for: `operator`, in: &builder)
        case .cancel:
            for one in operations {
                guard let account = one.account else { throw .nothingToDo }
                try contract.cancel(
                    UInt64(one.fixed.sequence), of: account, for: `operator`,
                    reference: one.fixed.reference.bytes, in: &builder)
            }
        case .refund:
            for one in operations { try refund(one, funds, in: &builder) }
        }
        return try finish(builder, gas)
    }

    /// The place of the operation that a failed command belongs to; nil for one that all share.
    /// Charges come first in a batch, each one command.
    static func place(ofCommand command: Int, in operations: Int) -> Int? {
        command < operations ? command : nil
    }

    /// Splits the gas coin, or sends it to ourselves where only others are merged into it.
    func maintenance(
        _ plan: LanePlan, gas: Gas
    ) throws(TransactionBuildError) -> TransactionData {
        var builder = TransactionBuilder()
        if plan.count > 0 {
            let amounts = [UInt64](repeating: plan.share, count: plan.count)
            let coins = try builder.splitCoins(.gasCoin, amounts: amounts)
            try builder.transferObjects(coins, to: charger)
        } else {
            try builder.transferObjects([.gasCoin], to: charger)
        }
        return try finish(builder, gas)
    }

    /// Sends the gas coin to ourselves, which uses up its version.
    func release(gas: Gas) throws(TransactionBuildError) -> TransactionData {
        var builder = TransactionBuilder()
        try builder.transferObjects([.gasCoin], to: charger)
        return try finish(builder, gas)
    }

    private func finish(
        _ builder: TransactionBuilder, _ gas: Gas
    ) throws(TransactionBuildError) -> TransactionData {
        try builder.finish(
            sender: charger,
            gas: GasData(
                payment: gas.payment, owner: charger, price: gas.price, budget: gas.budget),
            expiration: .epoch(UInt64(gas.lastEpoch)))
    }

    private func charge(_ operation: EngineOperation) -> EscrowCharge? {
        guard let account = operation.account else { return nil }
        return EscrowCharge(
            account: account, sequence: UInt64(operation.fixed.sequence),
            amount: UInt64(operation.fixed.amount.units),
            reference: operation.fixed.reference.bytes)
    }

    private func refund(
        _ operation: EngineOperation, _ funds: RefundFunds, in builder: inout TransactionBuilder
    ) throws(TransactionBuildError) {
        guard let account = operation.account else { throw .nothingToDo }
        let amount = UInt64(operation.fixed.amount.units)
        let payment = try builder.coin(
            of: contract.coin, amount: amount, from: funds.coins(for: amount),
            addressBalance: funds.addressBalance)
        if let spare = funds.spare(beside: amount) {
            let coin = try builder.owned(spare.of.reference)
            let split = try builder.splitCoins(coin, amounts: [spare.amount])
            try builder.transferObjects(split, to: charger)
        }
        try contract.refund(
            payment, as: UInt64(operation.fixed.sequence), to: account, for: `operator`,
            reference: operation.fixed.reference.bytes, in: &builder)
    }
}

extension SuiPrivateKey {
    /// The transaction as it is stored and sent.
    func signed(
        _ data: TransactionData, as batch: ChargeBatch
    ) -> SignedBatch {
        let bytes = data.bcs
        return SignedBatch(
            batch, digest: TransactionDigest(hashing: bytes), bytes: bytes,
            signature: sign(.transaction(bytes)))
    }
}
