/// Problems of transactions that a customer's wallet signs.
extension ProblemCode {
    /// Nil for a problem of another kind.
    var walletExplanation: ProblemExplanation? {
        switch self {
        case .escrowAccountExists:
            ProblemExplanation(
                "There is an escrow account already",
                "A wallet has one escrow account here; `accountId` names it.",
                do: "Deposit into it, or change its spending limit.")
        case .gasInsufficient:
            ProblemExplanation(
                "There is too little SUI for gas",
                "Every transaction costs the wallet a little SUI, and it has less than "
                    + "`requiredMist` in coins that can pay.",
                do: "Send some SUI to the wallet and ask again.")
        case .fundsInsufficient:
            ProblemExplanation(
                "There is too little USDC in the wallet",
                "The wallet holds less than the amount, coins and address balance together.",
                do: "Choose a smaller amount, or send USDC to the wallet first.")
        case .fundsScattered:
            ProblemExplanation(
                "The USDC lies in too many coins",
                "The wallet holds the amount in more coins than one transaction takes; the "
                    + "`coinLimit` largest of them, with the address balance, come to "
                    + "`atOnceMicroUsdc`.",
                do: "Pay in at most `atOnceMicroUsdc`, and the rest with further deposits; or "
                    + "merge coins in the wallet first.")
        case .withdrawalExceedsBalance:
            ProblemExplanation(
                "The account holds less than that",
                "A withdrawal takes at most what is in the escrow account on chain.",
                do: "Withdraw at most `balanceMicroUsdc`.")
        case .transactionAltered:
            ProblemExplanation(
                "These are not the bytes handed out",
                "What is to be submitted differs from the transaction that was built here. Nothing "
                    + "was sent.",
                do: "Sign and send `txBytes` unchanged. A wallet that builds anew submits by "
                    + "itself; then name its digest at `/watch`.")
        case .transactionExpired:
            ProblemExplanation(
                "The transaction has expired",
                "Its last epoch has passed, so that it can never run.",
                do: "Ask for a new one.")
        case .transactionFails:
            ProblemExplanation(
                "The transaction would fail",
                "A trial on a node ended in a failure, which `reason` tells. Nothing was handed "
                    + "out.",
                do: "Look at `reason`; where an object was just used by another transaction, ask "
                    + "again.")
        case .transactionUnknown:
            ProblemExplanation(
                "There is no such transaction",
                "Neither was a transaction of this digest handed out to you, nor has one of your "
                    + "account been seen on chain.",
                do: "Compare the digest; one that was submitted elsewhere can be named at `/watch`."
            )
        case .nodeUnavailable:
            ProblemExplanation(
                "No Sui node answers",
                "The chain could not be asked, or the nodes' answers were of no use.",
                do: "Send the same request again after `Retry-After`.")
        case .escrowNotConfigured:
            ProblemExplanation(
                "There is no escrow here",
                "This installation has no escrow contract configured.",
                do:
                    "Tell whoever runs this gateway: SLUICE_ESCROW_PACKAGE and the variables beside "
                    + "it are not set.")
        default: nil
        }
    }
}
