import ByteCodecs
import Determinism
import Escrow
import Identifiers
import SuiProtocol

extension JSONValue {
    static func optionalAmount(_ amount: MicroUSDC?) -> JSONValue {
        amount.map { .amount($0) } ?? .null
    }

    init(_ balance: WalletBalance) {
        let account = balance.account
        self = [
            "accountId": .optional(account?.id.description),
            "balanceMicroUsdc": .amount(account?.balance ?? .zero),
            "reservedMicroUsdc": .amount(account?.reserved ?? .zero),
            "availableMicroUsdc": .amount(account?.available ?? .zero),
            "spendingLimitMicroUsdc": .amount(account?.spendingLimit ?? .zero),
            "periodChargedMicroUsdc": .amount(account?.periodCharged ?? .zero),
            "periodStart": .optionalTime(account?.periodStart),
            "periodEnd": .optionalTime(account?.periodEnd),
            "checkpoint": .optional(balance.checkpoint),
            "syncedAt": .optionalTime(balance.syncedAt),
        ]
    }

    /// What a wallet is given to sign.
    init(handingOut transaction: WalletTransaction) {
        self = [
            "digest": .string(transaction.digest.description),
            "txBytes": .string(Base64.encode(transaction.bytes)),
            "kind": .optional(transaction.kind?.rawValue),
            "expiresAtEpoch": .optional(transaction.lastEpoch),
            "summary": .optional(transaction.summary),
        ]
    }

    /// How a transaction stands, after it was sent or named.
    init(standingOf transaction: WalletTransaction) {
        self = [
            "digest": .string(transaction.digest.description),
            "state": .string(transaction.state.rawValue),
        ]
    }

    init(_ movement: WalletMovement) {
        self = [
            "digest": .string(movement.digest.description),
            "kind": .string(movement.kind.rawValue),
            "amountMicroUsdc": .optionalAmount(movement.amount),
            "accountId": .optional(movement.account?.description),
            "balanceAfterMicroUsdc": .optionalAmount(movement.balanceAfter),
            "checkpoint": .optional(movement.checkpoint),
            "state": .string(movement.state.rawValue),
            "at": .time(movement.at),
        ]
    }

    /// - Parameter transaction: nil for one that was made elsewhere and never named to us.
    init(
        _ digest: TransactionDigest, _ transaction: WalletTransaction?,
        _ movements: [WalletMovement]
    ) {
        let state = transaction?.state ?? .confirmed
        self = [
            "digest": .string(digest.description),
            "state": .string(state.rawValue),
            "kind": .optional(transaction?.kind?.rawValue),
            "amountMicroUsdc": .optionalAmount(transaction?.amount),
            "spendingLimitMicroUsdc": .optionalAmount(transaction?.spendingLimit),
            "expiresAtEpoch": .optional(transaction?.lastEpoch),
            "summary": .optional(transaction?.summary),
            "lastError": .optional(transaction?.lastError),
            "createdAt": .optionalTime(transaction?.createdAt),
            "submittedAt": .optionalTime(transaction?.submittedAt),
            "movements": .array(movements.map { JSONValue($0) }),
        ]
    }
}
