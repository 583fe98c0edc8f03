/// A service of the operator whose signature was good.
public struct ServiceCaller: Hashable, Sendable {
    public var keyID: String
    /// Its name, which no other key has: it stays when secrets change.
    public var name: String
    public var scopes: Set<ServiceScope>
    /// The edge that it was bound to, where it was.
    public var edge: String?

    public init(
        keyID: String, name: String, scopes: Set<ServiceScope>, edge: String? = nil
    ) {
        self.edge = edge
        self.keyID = keyID
        self.name = name
        self.scopes = scopes
    }
}

/// Why a call was not a service's. Nothing was done, and no nonce was used up but by
/// ``scopeMissing(_:)``.
public enum ServiceCallRefusal: Error, Hashable, Sendable {
    case keyUnknown
    /// The timestamp is missing, no number, or too far from our clock.
    case timestampSkewed
    case signatureInvalid
    /// The nonce was used before.
    case signatureReplayed
    case scopeMissing(ServiceScope)
    /// The secrets do not open under this installation's key.
    case secretUnreadable
    case storageUnavailable
}

extension ServiceCallRefusal {
    /// The word of the audit trail and the figures; nil for what says nothing about the caller.
    ///
    /// - Parameter isKeyKnown: whether the key was given out once.
    func auditReason(isKeyKnown: Bool) -> String? {
        switch self {
        case .keyUnknown: isKeyKnown ? "service_key_revoked" : "service_key_unknown"
        case .timestampSkewed: "timestamp_skewed"
        case .signatureInvalid: "signature_invalid"
        case .signatureReplayed: "signature_replayed"
        case .scopeMissing: "scope_missing"
        case .secretUnreadable, .storageUnavailable: nil
        }
    }
}
