import Authentication
import ByteCodecs
import Determinism

extension Problem {
    /// - Parameter now: our clock, for whoever's own is off.
    init(_ refusal: ServiceCallRefusal, at now: Timestamp) {
        switch refusal {
        case .keyUnknown:
            self.init(
                .serviceKeyUnknown,
                "Authorization must be Bearer and the id of a live service key.")
        case .timestampSkewed:
            self.init(
                .timestampSkewed,
                "\(ServiceHeaders.timestamp) must be Unix milliseconds within 300 s of our clock.",
                members: ["serverTime": .string(now.rfc3339)])
        case .signatureInvalid:
            self.init(
                .signatureInvalid,
                "\(ServiceHeaders.signature) is no signature of this call by this key.")
        case .signatureReplayed:
            self.init(.signatureReplayed, "This key has used this \(ServiceHeaders.nonce) before.")
        case .scopeMissing(let scope):
            self.init(
                .scopeMissing, "The key lacks the scope \(scope.rawValue).",
                members: ["scope": .string(scope.rawValue)])
        case .secretUnreadable:
            self.init(.internalError, "The key's secrets cannot be read here.")
        case .storageUnavailable: self = .storageUnavailable
        }
    }
}
