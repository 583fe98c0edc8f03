/// The stable word by which a client tells one problem from another, and its HTTP status.
///
/// A code, once published, keeps its meaning; `/docs` and `/problems/{code}` are made from these.
public enum ProblemCode: String, Sendable, CaseIterable {
    case requestMalformed = "request_malformed"
    case bodyInvalid = "body_invalid"
    case parameterInvalid = "parameter_invalid"
    case credentialsConflict = "credentials_conflict"
    case signatureMalformed = "signature_malformed"
    case idempotencyKeyMissing = "idempotency_key_missing"
    case idempotencyKeyInvalid = "idempotency_key_invalid"

    case tokenMissing = "token_missing"
    case tokenInvalid = "token_invalid"
    case tokenExpired = "token_expired"
    case sessionEnded = "session_ended"
    case refreshReused = "refresh_reused"
    case challengeUnknown = "challenge_unknown"
    case challengeExpired = "challenge_expired"
    case signatureInvalid = "signature_invalid"

    case originRefused = "origin_refused"
    case customerClosed = "customer_closed"

    case routeUnknown = "route_unknown"
    case sessionUnknown = "session_unknown"
    case customerUnknown = "customer_unknown"
    case problemUnknown = "problem_unknown"

    case methodNotAllowed = "method_not_allowed"
    case idempotencyKeyInFlight = "idempotency_key_in_flight"
    case bodyTooLarge = "body_too_large"
    case targetTooLong = "target_too_long"
    case mediaTypeUnsupported = "media_type_unsupported"
    case expectationUnsupported = "expectation_unsupported"
    case chainUnsupported = "chain_unsupported"
    case idempotencyKeyReused = "idempotency_key_reused"
    case rateLimited = "rate_limited"
    case headTooLarge = "head_too_large"

    case internalError = "internal_error"
    case notImplemented = "not_implemented"
    case storageUnavailable = "storage_unavailable"
    case verifierUnavailable = "verifier_unavailable"
    case overloaded = "overloaded"

    public var status: Int {
        switch self {
        case .requestMalformed, .bodyInvalid, .parameterInvalid, .credentialsConflict,
            .signatureMalformed, .idempotencyKeyMissing, .idempotencyKeyInvalid:
            400
        case .tokenMissing, .tokenInvalid, .tokenExpired, .sessionEnded, .refreshReused,
            .challengeUnknown, .challengeExpired, .signatureInvalid:
            401
        case .originRefused, .customerClosed: 403
        case .routeUnknown, .sessionUnknown, .customerUnknown, .problemUnknown: 404
        case .methodNotAllowed: 405
        case .idempotencyKeyInFlight: 409
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .mediaTypeUnsupported: 415
        case .expectationUnsupported: 417
        case .chainUnsupported, .idempotencyKeyReused: 422
        case .rateLimited: 429
        case .headTooLarge: 431
        case .internalError: 500
        case .notImplemented: 501
        case .storageUnavailable, .verifierUnavailable, .overloaded: 503
        }
    }
}
