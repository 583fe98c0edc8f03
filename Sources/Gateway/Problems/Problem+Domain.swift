import Authentication
import ByteCodecs
import Idempotency

// One switch per domain error and no `default` in any: a new case does not compile until somebody
// has decided its status and its words.

extension Problem {
    init(_ error: SignInError, servedChain: String) {
        switch error {
        case .chainUnsupported:
            self.init(
                .chainUnsupported, "This gateway signs in on \(servedChain) only.",
                members: ["supported": .string(servedChain)])
        case .tooManyChallenges(let limit):
            self.init(
                .rateLimited, "This address holds \(limit) unused challenges already.",
                members: ["limit": .integer(Int64(limit))])
            retryAfterSeconds = Self.challengeRetrySeconds
        case .challengeUnknown:
            self.init(
                .challengeUnknown,
                "No unused challenge has this nonce and this challenge token.")
        case .challengeExpired:
            self.init(.challengeExpired, "The challenge could be signed for 5 minutes.")
        case .signatureMalformed(let reason):
            self.init(
                .signatureMalformed, "The signature cannot be read: \(reason).",
                members: ["reason": .string(reason)])
        case .signatureInvalid(let reason):
            self.init(
                .signatureInvalid, "The signature does not hold: \(reason).",
                members: ["reason": .string(reason)])
        case .customerClosed: self.init(.customerClosed, "This wallet's account is closed.")
        case .verifierUnavailable:
            self.init(.verifierUnavailable, "No Sui node judged this signature.")
        case .storageUnavailable: self = .storageUnavailable
        }
    }

    /// Challenges die after 5 minutes; the oldest of a full set is gone sooner.
    private static let challengeRetrySeconds: Int64 = 60

    init(_ error: SessionError) {
        switch error {
        case .refreshInvalid: self.init(.tokenInvalid, "The refresh token is not valid.")
        case .refreshExpired: self.init(.tokenExpired, "The refresh token has expired.")
        case .refreshReused:
            self.init(.refreshReused, "The refresh token was used before; its session has ended.")
        case .customerClosed: self.init(.customerClosed, "This account is closed.")
        case .sessionUnknown: self.init(.sessionUnknown, "No live session of yours has this id.")
        case .storageUnavailable: self = .storageUnavailable
        }
    }

    init(_ refusal: TokenRefusal) {
        switch refusal {
        case .invalid: self.init(.tokenInvalid, "The access token is not valid.")
        case .expired: self.init(.tokenExpired, "The access token has expired.")
        case .sessionEnded: self.init(.sessionEnded, "The session of this token has ended.")
        case .notNow: self.init(.rateLimited, "Too many tokens from this address were not valid.")
        case .undecided:
            self.init(
                .storageUnavailable, "Whether this session still lives cannot be told just now.")
        }
    }

    init(_ error: CustomerError) {
        switch error {
        case .unknown: self.init(.customerUnknown, "There is no such customer any more.")
        case .closed: self.init(.customerClosed, "This account is closed.")
        case .displayNameInvalid:
            self.init(
                .bodyInvalid,
                "displayName must have 1 to 64 characters, not all blank, none a control character "
                    + "or one that turns the direction of text.",
                members: ["member": "displayName"])
        case .keyRefused(let refusal): self.init(refusal)
        case .storageUnavailable: self = .storageUnavailable
        }
    }

    init(_ refusal: KeyRefusal) {
        switch refusal {
        case .inFlight:
            self.init(
                .idempotencyKeyInFlight, "A request with this \(IdempotencyHeader.name) is at work."
            )
        case .reused:
            self.init(
                .idempotencyKeyReused,
                "This \(IdempotencyHeader.name) was used with another body.")
        }
    }

    static let storageUnavailable = Problem(
        .storageUnavailable, "The database did not answer in time.")
}
