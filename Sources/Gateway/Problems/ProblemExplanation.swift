/// What a problem means and what to do about it, for people; `/problems/{code}` shows it.
struct ProblemExplanation: Sendable {
    /// A few words, the same for every occurrence (RFC 9457, section 3.1.3).
    var title: String
    var meaning: String
    var remedy: String

    init(_ title: String, _ meaning: String, do remedy: String) {
        self.title = title
        self.meaning = meaning
        self.remedy = remedy
    }
}

extension ProblemCode {
    /// The path of the page about this problem; also the `type` in the answer.
    var path: String { "/problems/\(rawValue)" }

    var explanation: ProblemExplanation {
        if let explanation = serviceExplanation ?? chargeExplanation ?? walletExplanation
            ?? subscriptionExplanation ?? billingExplanation
        {
            return explanation
        }
        return switch status {
        case 401, 403: refusalExplanation
        case 500...: serverExplanation
        default: requestExplanation
        }
    }

    private var requestExplanation: ProblemExplanation {
        switch self {
        case .requestMalformed:
            ProblemExplanation(
                "The request is not well-formed",
                "The request breaks a rule of HTTP, or names twice what may be there once.",
                do: "Look at `detail`; send each header and each parameter once.")
        case .bodyInvalid:
            ProblemExplanation(
                "The body is not what this call takes",
                "The body is no JSON, lacks a member, has one that this call does not know, or has "
                    + "a value of the wrong type or shape. The member `member` names where.",
                do: "Compare the body with the call's fields at `/docs`; send nothing beyond them.")
        case .parameterInvalid:
            ProblemExplanation(
                "A parameter is not what this call takes",
                "A part of the path or of the query string, or a header, has the wrong shape.",
                do: "Compare it with the call's parameters at `/docs`.")
        case .credentialsConflict:
            ProblemExplanation(
                "Two credentials contradict each other",
                "A credential came twice, or once in a cookie and differently elsewhere. Which one "
                    + "was meant is not guessed.",
                do: "Send the credential once.")
        case .signatureMalformed:
            ProblemExplanation(
                "The signature cannot be read",
                "The signature is not the Base64 of flag, signature and public key that Sui "
                    + "writes. The challenge is used up.",
                do: "Send the signature exactly as the wallet gave it, over a new challenge.")
        case .idempotencyKeyMissing, .idempotencyKeyInvalid, .idempotencyKeyInFlight,
            .idempotencyKeyReused:
            keyExplanation
        case .methodNotAllowed:
            ProblemExplanation(
                "This path does not take this method",
                "The path exists, the method does not exist there.",
                do: "Use one of the methods in the `Allow` header.")
        case .bodyTooLarge:
            ProblemExplanation(
                "The body is too large",
                "A body may have 64 KiB, and 4 MiB where usage events are sent.", do: "Send less.")
        case .targetTooLong:
            ProblemExplanation(
                "The address is too long", "The request line does not fit.", do: "Shorten it.")
        case .headTooLarge:
            ProblemExplanation(
                "The header is too large", "All headers together may have about 16 KB.",
                do: "Send fewer or smaller headers; look for cookies of other applications.")
        case .expectationUnsupported:
            ProblemExplanation(
                "This expectation is not supported", "Only `Expect: 100-continue` is known.",
                do: "Leave the header out.")
        case .mediaTypeUnsupported:
            ProblemExplanation(
                "The body must be JSON", "The body's type is not `application/json`.",
                do: "Send `Content-Type: application/json`.")
        case .chainUnsupported:
            ProblemExplanation(
                "This gateway serves another network",
                "A gateway signs in on one Sui network, which the member `supported` names.",
                do: "Leave `chain` out or name that network.")
        case .rateLimited:
            ProblemExplanation(
                "Too many requests",
                "More requests came than the policy in `RateLimit-Policy` allows.",
                do: "Wait as long as `Retry-After` says.")
        case .sessionUnknown:
            ProblemExplanation(
                "There is no such session", "No live session of yours has this id.",
                do: "Ask for the list anew: it may have ended already.")
        case .customerUnknown:
            ProblemExplanation(
                "There is no such customer", "The customer named here does not exist.",
                do: "Sign in again.")
        case .problemUnknown:
            ProblemExplanation(
                "There is no such problem", "No problem has this code.",
                do: "The list of all codes is at `/docs`.")
        default:
            ProblemExplanation(
                "There is nothing here", "No call has this path.",
                do: "The list of all calls is at `/docs`; mind a slash at the end.")
        }
    }

    private var keyExplanation: ProblemExplanation {
        switch self {
        case .idempotencyKeyMissing:
            ProblemExplanation(
                "The request has no idempotency key",
                "What can move money is done once for each `Idempotency-Key`, however often it is "
                    + "sent, and is not done without one.",
                do: "Choose a key for what you want done, keep it, and send it every time you ask.")
        case .idempotencyKeyInFlight:
            ProblemExplanation(
                "This request is being done just now",
                "A request with this `Idempotency-Key` has come before and has no outcome yet. "
                    + "Nothing was done for this one.",
                do: "Send it again, with the same key, a moment later.")
        case .idempotencyKeyReused:
            ProblemExplanation(
                "The idempotency key belongs to another request",
                "A request with this `Idempotency-Key` and another body was done before; keys are "
                    + "remembered for ever. Nothing was done for this one.",
                do: "Send the first body to have its answer again; for another request, choose "
                    + "another key.")
        default:
            ProblemExplanation(
                "The idempotency key is not well-formed",
                "An `Idempotency-Key` has 1 to 255 visible ASCII characters: no spaces.",
                do: "Use a UUID, for example.")
        }
    }

    private var refusalExplanation: ProblemExplanation {
        switch self {
        case .tokenInvalid:
            ProblemExplanation(
                "The token is not valid",
                "The token is not one of ours, was altered, or is of the wrong kind.",
                do: "Refresh the session, or sign in again.")
        case .tokenExpired:
            ProblemExplanation(
                "The token has expired",
                "An access token lives 15 minutes, a refresh token 30 days, a session 90 days.",
                do: "Refresh with the refresh token; when that has expired too, sign in again.")
        case .sessionEnded:
            ProblemExplanation(
                "The session has ended",
                "Somebody signed out of this session, or it was ended for safety.",
                do: "Sign in again.")
        case .refreshReused:
            ProblemExplanation(
                "A refresh token was used twice",
                "This refresh token was exchanged for its successor before. Somebody may have "
                    + "copied it, so the whole session has been ended.",
                do: "Sign in again; keep the newest refresh token only.")
        case .challengeUnknown:
            ProblemExplanation(
                "There is no such challenge",
                "The nonce was never given out, was used already, or was given to another browser.",
                do: "Ask for a new challenge and send its cookie or `X-Challenge-Token` along.")
        case .challengeExpired:
            ProblemExplanation(
                "The challenge has expired", "A challenge can be signed for 5 minutes.",
                do: "Ask for a new challenge.")
        case .signatureInvalid:
            ProblemExplanation(
                "The signature does not match",
                "The signature is not one over exactly these bytes by exactly this wallet, or by "
                    + "exactly this service's key. At sign-in the challenge is used up.",
                do:
                    "At sign-in, ask for a new challenge and sign the bytes of `message` unchanged. "
                    + "For a transaction, sign `txBytes` unchanged with the customer's own wallet. "
                    + "For a service's call, compare the signed lines with those at `/docs`.")
        case .originRefused:
            ProblemExplanation(
                "This site may not call here",
                "The request comes from a page of another site, or carries cookies and does not "
                    + "say which page sent it.",
                do: "Call from a site in SLUICE_ALLOWED_ORIGINS, or without cookies.")
        case .customerClosed:
            ProblemExplanation(
                "The account is closed", "A closed account cannot be used.",
                do: "Ask whoever runs this gateway.")
        default:
            ProblemExplanation(
                "Sign in first", "This call needs an access token and the request has none.",
                do: "Send `Authorization: Bearer` with an access token, or the sign-in's cookie.")
        }
    }

    private var serverExplanation: ProblemExplanation {
        switch self {
        case .notImplemented:
            ProblemExplanation(
                "This way of asking is not supported",
                "The method is unknown, or the body comes neither whole nor chunked.",
                do: "Use a method of the call; send the body with `Content-Length`.")
        case .storageUnavailable:
            ProblemExplanation(
                "The database does not answer",
                "What you asked for could not be decided or written in time.",
                do: "Wait as long as `Retry-After` says. Then, at verify, start again with a new "
                    + "challenge: the old one may be used up. At refresh, present the same token "
                    + "again, within ten seconds: nothing is lost. Anywhere else, send the same "
                    + "request again.")
        case .verifierUnavailable:
            ProblemExplanation(
                "No node can judge the signature",
                "A zkLogin signature is judged by a Sui node, and none answered or none is set up.",
                do: "Try again with a new challenge after `Retry-After`, or use another wallet.")
        case .overloaded:
            ProblemExplanation(
                "The gateway is busy", "There are more requests than can be taken now.",
                do: "Send the same request again after `Retry-After`.")
        default:
            ProblemExplanation(
                "Something went wrong here", "The gateway met a condition it has no answer for.",
                do: "Tell whoever runs this gateway the request id.")
        }
    }
}
