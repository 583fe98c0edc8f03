/// Problems of charges and refunds.
extension ProblemCode {
    /// Nil for a problem of another kind.
    var chargeExplanation: ProblemExplanation? {
        switch self {
        case .amountInvalid:
            ProblemExplanation(
                "This is no amount of money",
                "Amounts are strings of decimal digits in micro-USDC, a millionth of a USDC: no "
                    + "number, sign, point, exponent or leading zero, not zero where money moves, "
                    + "and at most 9223372036854775807.",
                do: "Send 1.50 USDC as `\"1500000\"`.")
        case .insufficientBalance:
            ProblemExplanation(
                "The balance is too low",
                "What is free in the customer's escrow account does not cover the amount. Nothing "
                    + "was written; the members tell the figures.",
                do: "After a deposit of `requiredDepositMicroUsdc`, send the same request again: "
                    + "its `Idempotency-Key` is still free.")
        case .monthlyLimitExceeded:
            ProblemExplanation(
                "The spending limit is reached",
                "The customer's limit for the period of 28 days does not cover the amount beside "
                    + "what was charged or is held. Nothing was written.",
                do: "Wait for `resetsAt`, or ask the customer to raise the limit; then send the "
                    + "same request again.")
        case .escrowAccountMissing:
            ProblemExplanation(
                "There is no escrow account",
                "The customer has not opened an escrow account, or its opening has not been seen "
                    + "in a checkpoint yet.",
                do: "The customer opens one with a transaction of the kind `open`.")
        case .accountFrozen:
            ProblemExplanation(
                "The account is frozen",
                "Something on chain did not fit what we knew, and nothing is charged until a person "
                    + "has looked. The customer can withdraw all the same.",
                do: "Ask whoever runs this gateway; `sluice reconcile` names the break.")
        case .invoiceAlreadyCharged:
            ProblemExplanation(
                "The invoice has a charge",
                "A charge that is planned, signed or settled stands for this invoice; `chargeId` "
                    + "names it.",
                do: "Look at that charge. Another one is possible when it was declined or "
                    + "abandoned.")
        case .chargeUnknown:
            ProblemExplanation(
                "There is no such charge", "No charge has this id.",
                do: "Compare it with `chargeId` in the answer to the charge.")
        case .refundUnknown:
            ProblemExplanation(
                "There is no such refund", "No refund has this id.",
                do: "Compare it with `refundId` in the answer to the refund.")
        case .chargeNotSettled:
            ProblemExplanation(
                "The charge is not settled",
                "Only money that was taken can be given back; the charge has no outcome yet, or "
                    + "took nothing.",
                do: "Look at its `state`, and try again once it is `settled`.")
        case .refundExceedsCharge:
            ProblemExplanation(
                "The refund is more than is left of the charge",
                "All refunds of a charge together may be what was charged; "
                    + "`remainingMicroUsdc` is left.",
                do: "Give back at most that.")
        default: nil
        }
    }
}
