/// Problems of calls that services sign.
extension ProblemCode {
    /// Nil for a problem of another kind.
    var serviceExplanation: ProblemExplanation? {
        switch self {
        case .serviceKeyUnknown:
            ProblemExplanation(
                "There is no such service key",
                "Calls of services carry `Authorization: Bearer` and the id of a key; there is none, "
                    + "or no live key has this id.",
                do: "Make a key with `sluice keys service add`, and send its id.")
        case .timestampSkewed:
            ProblemExplanation(
                "The timestamp is too far off",
                "`X-Timestamp` is missing, is not Unix milliseconds in decimal digits, or is more "
                    + "than 300 seconds from this server's clock, which `serverTime` tells.",
                do: "Set the caller's clock by NTP; take the time when the call is signed.")
        case .signatureReplayed:
            ProblemExplanation(
                "This signed call was used before",
                "A key's `X-Nonce` is good for one call, also where that call was refused later on. "
                    + "Nothing was done for this one.",
                do:
                    "Sign each attempt with a nonce of its own. What must be done once only is held "
                    + "together by its `Idempotency-Key`, which stays the same.")
        case .scopeMissing:
            ProblemExplanation(
                "The key is not for this",
                "The call needs a scope, named in `scope`, that the service's key does not have.",
                do: "Use another key, or make one with this scope.")
        case .edgeMismatch:
            ProblemExplanation(
                "The key is another edge's",
                "A key tells of the use of one edge, named in `edge`, and the body names another. "
                    + "Nothing of it was taken.",
                do: "Name the key's edge, or make a key for the other one with "
                    + "`sluice keys service add --scopes ingest --edge NAME`.")
        default: nil
        }
    }
}
