/// Why nobody was signed in. Reasons are stable words, never text of the client.
public enum SignInError: Error, Equatable, Sendable {
    /// The gateway serves another network than the one named.
    case chainUnsupported(String)
    case tooManyChallenges(limit: Int64)
    /// Never made, already used, or made for another browser.
    case challengeUnknown
    case challengeExpired
    case signatureMalformed(reason: String)
    case signatureInvalid(reason: String)
    case customerClosed
    /// Only a node can judge this signature, and none answered.
    case verifierUnavailable
    /// The database did not answer in time. When this happens after the nonce was used, the
    /// customer signs in anew; a session that was opened unheard is never handed to anybody.
    case storageUnavailable
}

extension SignInError {
    /// The word that the audit trail keeps.
    var auditReason: String {
        switch self {
        case .chainUnsupported: "chain_unsupported"
        case .tooManyChallenges: "too_many_challenges"
        case .challengeUnknown: "challenge_unknown"
        case .challengeExpired: "challenge_expired"
        case .signatureMalformed(let reason), .signatureInvalid(let reason): reason
        case .customerClosed: "customer_closed"
        case .verifierUnavailable: "verifier_unavailable"
        case .storageUnavailable: "storage_unavailable"
        }
    }
}

/// Why an attempt to sign in was refused before anything it said was looked at. Raw values are the
/// words that the audit trail keeps.
public enum SignInRefusal: String, Sendable, CaseIterable {
    /// It came from a page of another site.
    case originRefused = "origin_refused"
    /// It named two challenges or two credentials.
    case credentialsConflict = "credentials_conflict"
    /// Its challenge cookie was never set here.
    case challengeUnknown = "challenge_unknown"
    /// Another cookie of ours was never set here.
    case tokenInvalid = "token_invalid"
    /// It had not the form of an attempt.
    case bodyInvalid = "body_invalid"
    case parameterInvalid = "parameter_invalid"
    case mediaTypeUnsupported = "media_type_unsupported"
}
