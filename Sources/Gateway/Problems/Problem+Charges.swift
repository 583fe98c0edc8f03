import ByteCodecs
import Escrow
import Idempotency
import Identifiers

extension Problem {
    /// - Parameter cost: what was asked for.
    init(_ error: ChargeError, cost: MicroUSDC? = nil) {
        switch error {
        case .customerUnknown: self.init(.customerUnknown, "No customer has this number.")
        case .accountMissing:
            self.init(.escrowAccountMissing, "The customer has no escrow account.")
        case .accountFrozen: self.init(.accountFrozen, "The customer's account is frozen.")
        case .insufficientBalance(let available, let required):
            self.init(available: available, required: required)
        case .spendingLimitReached(let limit, let charged, let resetsAt):
            self.init(
                .monthlyLimitExceeded, "The limit of this period does not cover the amount.",
                members: [
                    "limitMicroUsdc": .amount(limit), "chargedMicroUsdc": .amount(charged),
                    "estimatedCostMicroUsdc": cost.map { .amount($0) } ?? .null,
                    "remainingMicroUsdc": .amount(Self.difference(limit, charged)),
                    "resetsAt": .time(resetsAt),
                ])
        case .alreadyCharged(let id):
            self.init(
                .invoiceAlreadyCharged, "A charge stands for this already.",
                members: id.map { ["chargeId": .string($0.description)] } ?? [:])
        case .chargeUnknown: self.init(.chargeUnknown, "No charge has this id.")
        case .chargeNotSettled: self.init(.chargeNotSettled, "The charge has taken no money.")
        case .refundExceedsCharge(let remaining):
            self.init(
                .refundExceedsCharge, "Less than that is left of the charge.",
                members: ["remainingMicroUsdc": .amount(remaining)])
        case .keyReused: self.init(.reused)
        case .keyInFlight: self.init(.inFlight)
        case .amountInvalid: self.init(.amountInvalid, "The amount must be more than zero.")
        case .storage: self = .storageUnavailable
        }
    }

    private init(available: MicroUSDC, required: MicroUSDC) {
        self.init(
            .insufficientBalance, "What is free in the account does not cover the amount.",
            members: [
                "currentBalanceMicroUsdc": .amount(available),
                "estimatedCostMicroUsdc": .amount(required),
                "requiredDepositMicroUsdc": .amount(Self.difference(required, available)),
            ])
    }

    /// Never below zero.
    private static func difference(_ left: MicroUSDC, _ right: MicroUSDC) -> MicroUSDC {
        max(.zero, (try? left.subtracting(right)) ?? .zero)
    }
}
