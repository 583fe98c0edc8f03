/// A field on which the guard has a rule, by its name.
enum GuardedField: UInt32 {
    case contentLength, transferEncoding
    case host, contentType, authorization, cookie, origin, expect, challengeToken
    case idempotencyKey, timestamp, nonce, signature

    /// Nil for all other names. The length tells most of them apart, so few are compared.
    init?(name: UnsafeBufferPointer<UInt8>) {
        func isNamed(_ text: StaticString) -> Bool { ASCII.equalIgnoringCase(name, text) }
        switch name.count {
        case 4 where isNamed("Host"): self = .host
        case 6 where isNamed("Cookie"): self = .cookie
        case 6 where isNamed("Origin"): self = .origin
        case 6 where isNamed("Expect"): self = .expect
        case 7 where isNamed("X-Nonce"): self = .nonce
        case 11 where isNamed("X-Timestamp"): self = .timestamp
        case 12 where isNamed("Content-Type"): self = .contentType
        case 13 where isNamed("Authorization"): self = .authorization
        case 14 where isNamed("Content-Length"): self = .contentLength
        case 15 where isNamed("Idempotency-Key"): self = .idempotencyKey
        case 16 where isNamed("X-HMAC-Signature"): self = .signature
        case 17 where isNamed("X-Challenge-Token"): self = .challengeToken
        case 17 where isNamed("Transfer-Encoding"): self = .transferEncoding
        default: return nil
        }
    }

    /// What a second one of it is refused as.
    var repetition: TransportRefusal {
        switch self {
        case .contentLength, .transferEncoding: .framingAmbiguous
        case .host: .headerDuplicated(.host)
        case .contentType: .headerDuplicated(.contentType)
        case .authorization: .headerDuplicated(.authorization)
        case .cookie: .headerDuplicated(.cookie)
        case .origin: .headerDuplicated(.origin)
        case .expect: .headerDuplicated(.expect)
        case .challengeToken: .headerDuplicated(.challengeToken)
        case .idempotencyKey: .headerDuplicated(.idempotencyKey)
        case .timestamp: .headerDuplicated(.timestamp)
        case .nonce: .headerDuplicated(.nonce)
        case .signature: .headerDuplicated(.signature)
        }
    }
}
