/// Problems of customers' services and API keys.
extension ProblemCode {
    /// Nil for a problem of another kind.
    var subscriptionExplanation: ProblemExplanation? {
        switch self {
        case .paymentOwed:
            ProblemExplanation(
                "Something is owed",
                "The charge of an earlier invoice was declined; until it settles nothing new is "
                    + "served. `owedMicroUsdc` is what all such invoices come to.",
                do: "Deposit that much, or raise the spending limit. It is then charged anew by "
                    + "itself; send the same request again once it has settled.")
        case .serviceStateConflict:
            ProblemExplanation(
                "The service's state does not allow this",
                "What is asked for does not follow on the present state, which `state` tells: a "
                    + "suspended service resumes by itself once it can be paid, and one that the "
                    + "operator suspended only by the operator.",
                do: "Look at the service's `state`; deposit, or ask whoever runs this gateway.")
        case .serviceSuspended:
            ProblemExplanation(
                "The service is suspended",
                "While a service is suspended for want of payment, a dearer configuration cannot "
                    + "be chosen; a cheaper one can.",
                do: "Deposit or raise the spending limit, wait until the service resumes, and send "
                    + "the same request again.")
        case .serviceNotConfigured:
            ProblemExplanation(
                "Nothing was chosen of the service",
                "A service is enabled, and has API keys, by its configuration; there is none yet.",
                do: "Choose one with `PUT /v1/services/{type}`.")
        case .configurationRefused:
            ProblemExplanation(
                "This configuration cannot be had",
                "The prices in force do not sell it: `reason` tells why, and `member` which part "
                    + "of the body is meant, with `minimum` and `maximum` where it is a count.",
                do: "Compare it with `GET /v1/services/catalog`.")
        case .pricesUnavailable:
            ProblemExplanation(
                "There are no prices",
                "The price book has not been loaded, or none of its versions has begun.",
                do: "Try again soon; whoever runs this gateway loads the price book.")
        case .apiKeysInUse:
            ProblemExplanation(
                "More API keys are active than there would be slots",
                "The configuration has fewer slots for API keys than are active now: `active` of "
                    + "them for `slots`.",
                do: "Revoke or delete keys first, or choose more slots.")
        case .apiKeyUnknown:
            ProblemExplanation(
                "There is no such API key",
                "No API key of this customer has this id, or it was deleted.",
                do: "List the keys with `GET /v1/services/{type}/api-keys`.")
        case .apiKeySlotsTaken:
            ProblemExplanation(
                "All slots for API keys are taken",
                "The configuration has `slots` of them, or the one that is scheduled has; as many "
                    + "rotated keys can work on beside the active ones.",
                do: "Revoke or delete another key, rotate without an overlap, or choose more slots."
            )
        case .apiKeyRotated:
            ProblemExplanation(
                "The API key was rotated",
                "Another key, which `apiKeyId` names, has taken its place, and it cannot come back.",
                do: "Use or rotate that key.")
        case .apiKeyNotActive:
            ProblemExplanation(
                "The API key is not active",
                "It was revoked, and only what works can be rotated.",
                do: "Enable it first, or make a new key.")
        default: nil
        }
    }
}
