/// Why a request was refused before any route saw it.
public enum TransportRefusal: Error, Hashable, Sendable {
    /// Line ends, folded lines, a NUL or a name that HTTP does not allow.
    case headMalformed
    /// More than one `Content-Length`, or one beside `Transfer-Encoding`: two readers could
    /// disagree where the request ends (RFC 9112 section 6.3).
    case framingAmbiguous
    case contentLengthInvalid
    /// HTTP/1.1 without `Host` (RFC 9112 section 3.2).
    case hostMissing
    /// `Transfer-Encoding` other than `chunked`.
    case transferEncodingUnsupported
    case methodUnsupported
    /// Absolute form, authority form, `*`, a fragment, or bytes that no target may have.
    case targetInvalid
    case headerDuplicated(HeaderName)
    case headerValueInvalid
    case expectationUnsupported
    case targetTooLong
    case headersTooLarge
    case bodyTooLarge(limit: Int)
    case connectionLimitReached
    case shuttingDown

    /// Fields of which one request may carry only one.
    public enum HeaderName: String, CaseIterable, Sendable {
        case host = "Host"
        case contentType = "Content-Type"
        case authorization = "Authorization"
        case cookie = "Cookie"
        case origin = "Origin"
        case expect = "Expect"
        case challengeToken = "X-Challenge-Token"
        case idempotencyKey = "Idempotency-Key"
        case timestamp = "X-Timestamp"
        case nonce = "X-Nonce"
        case signature = "X-HMAC-Signature"
    }

    /// The status that says so (RFC 9110 section 15, RFC 6585 section 5).
    public var status: Int {
        switch self {
        case .headMalformed, .framingAmbiguous, .contentLengthInvalid, .hostMissing, .targetInvalid,
            .headerDuplicated, .headerValueInvalid:
            400
        case .bodyTooLarge: 413
        case .targetTooLong: 414
        case .expectationUnsupported: 417
        case .headersTooLarge: 431
        case .transferEncodingUnsupported, .methodUnsupported: 501
        case .connectionLimitReached, .shuttingDown: 503
        }
    }

    /// A stable name, for metrics and logs.
    public var name: String {
        switch self {
        case .headMalformed: "head_malformed"
        case .framingAmbiguous: "framing_ambiguous"
        case .contentLengthInvalid: "content_length_invalid"
        case .hostMissing: "host_missing"
        case .transferEncodingUnsupported: "transfer_encoding_unsupported"
        case .methodUnsupported: "method_unsupported"
        case .targetInvalid: "target_invalid"
        case .headerDuplicated: "header_duplicated"
        case .headerValueInvalid: "header_value_invalid"
        case .expectationUnsupported: "expectation_unsupported"
        case .targetTooLong: "target_too_long"
        case .headersTooLarge: "headers_too_large"
        case .bodyTooLarge: "body_too_large"
        case .connectionLimitReached: "connection_limit_reached"
        case .shuttingDown: "shutting_down"
        }
    }
}
