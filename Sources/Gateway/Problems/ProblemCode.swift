/// The stable word by which a client tells one problem from another, and its HTTP status.
///
/// A code, once published, keeps its meaning; `/docs` and `/problems/{code}` are made from these.
public enum ProblemCode: String, Sendable, CaseIterable {
    case requestMalformed = "request_malformed"
    case bodyInvalid = "body_invalid"
    case parameterInvalid = "parameter_invalid"
    case amountInvalid = "amount_invalid"
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
    case serviceKeyUnknown = "service_key_unknown"
    case timestampSkewed = "timestamp_skewed"
    case signatureReplayed = "signature_replayed"

    case insufficientBalance = "insufficient_balance"
    case monthlyLimitExceeded = "monthly_limit_exceeded"
    case paymentOwed = "payment_owed"

    case originRefused = "origin_refused"
    case customerClosed = "customer_closed"
    case scopeMissing = "scope_missing"
    case edgeMismatch = "edge_mismatch"

    case routeUnknown = "route_unknown"
    case sessionUnknown = "session_unknown"
    case customerUnknown = "customer_unknown"
    case chargeUnknown = "charge_unknown"
    case refundUnknown = "refund_unknown"
    case transactionUnknown = "transaction_unknown"
    case apiKeyUnknown = "api_key_unknown"
    case problemUnknown = "problem_unknown"
    case invoiceUnknown = "invoice_unknown"

    case methodNotAllowed = "method_not_allowed"
    case idempotencyKeyInFlight = "idempotency_key_in_flight"
    case escrowAccountMissing = "escrow_account_missing"
    case escrowAccountExists = "escrow_account_exists"
    case accountFrozen = "account_frozen"
    case invoiceAlreadyCharged = "invoice_already_charged"
    case chargeNotSettled = "charge_not_settled"
    case serviceStateConflict = "service_state_conflict"
    case serviceSuspended = "service_suspended"
    case serviceNotConfigured = "service_not_configured"
    case apiKeysInUse = "api_keys_in_use"
    case apiKeySlotsTaken = "api_key_slots_taken"
    case apiKeyRotated = "api_key_rotated"
    case apiKeyNotActive = "api_key_not_active"
    case bodyTooLarge = "body_too_large"
    case targetTooLong = "target_too_long"
    case mediaTypeUnsupported = "media_type_unsupported"
    case expectationUnsupported = "expectation_unsupported"
    case chainUnsupported = "chain_unsupported"
    case idempotencyKeyReused = "idempotency_key_reused"
    case refundExceedsCharge = "refund_exceeds_charge"
    case configurationRefused = "configuration_refused"
    case gasInsufficient = "gas_insufficient"
    case fundsInsufficient = "funds_insufficient"
    case fundsScattered = "funds_scattered"
    case withdrawalExceedsBalance = "withdrawal_exceeds_balance"
    case transactionAltered = "transaction_altered"
    case transactionExpired = "transaction_expired"
    case transactionFails = "transaction_fails"
    case rateLimited = "rate_limited"
    case headTooLarge = "head_too_large"

    case internalError = "internal_error"
    case notImplemented = "not_implemented"
    case storageUnavailable = "storage_unavailable"
    case verifierUnavailable = "verifier_unavailable"
    case nodeUnavailable = "node_unavailable"
    case escrowNotConfigured = "escrow_not_configured"
    case pricesUnavailable = "prices_unavailable"
    case overloaded = "overloaded"

    public var status: Int {
        switch self {
        case .requestMalformed, .bodyInvalid, .parameterInvalid, .amountInvalid,
            .credentialsConflict, .signatureMalformed, .idempotencyKeyMissing,
            .idempotencyKeyInvalid:
            400
        case .tokenMissing, .tokenInvalid, .tokenExpired, .sessionEnded, .refreshReused,
            .challengeUnknown, .challengeExpired, .signatureInvalid, .serviceKeyUnknown,
            .timestampSkewed, .signatureReplayed:
            401
        case .insufficientBalance, .monthlyLimitExceeded, .paymentOwed: 402
        case .originRefused, .customerClosed, .scopeMissing, .edgeMismatch: 403
        case .routeUnknown, .sessionUnknown, .customerUnknown, .chargeUnknown, .refundUnknown,
            .transactionUnknown, .apiKeyUnknown, .problemUnknown,
            .invoiceUnknown:
            404
        case .methodNotAllowed: 405
        case .idempotencyKeyInFlight, .escrowAccountMissing, .escrowAccountExists, .accountFrozen,
            .invoiceAlreadyCharged, .chargeNotSettled, .serviceStateConflict, .serviceSuspended,
            .serviceNotConfigured, .apiKeysInUse, .apiKeySlotsTaken, .apiKeyRotated,
            .apiKeyNotActive:
            409
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .mediaTypeUnsupported: 415
        case .expectationUnsupported: 417
        case .chainUnsupported, .idempotencyKeyReused, .refundExceedsCharge, .gasInsufficient,
            .fundsInsufficient, .fundsScattered, .withdrawalExceedsBalance, .transactionAltered,
            .transactionExpired, .transactionFails, .configurationRefused:
            422
        case .rateLimited: 429
        case .headTooLarge: 431
        case .internalError: 500
        case .notImplemented: 501
        case .storageUnavailable, .verifierUnavailable, .nodeUnavailable, .escrowNotConfigured,
            .pricesUnavailable, .overloaded:
            503
        }
    }
}
