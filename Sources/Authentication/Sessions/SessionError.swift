/// Why a session could not be refreshed, ended or listed.
public enum SessionError: Error, Equatable, Sendable {
    case refreshInvalid
    case refreshExpired
    /// A token was presented again after its grace: somebody has a copy. The session has ended.
    case refreshReused
    case customerClosed
    case sessionUnknown
    case storageUnavailable
}

extension SessionError {
    /// The word that the audit trail keeps of a refused refresh; nil where nothing is to be kept.
    var refreshAuditReason: String? {
        switch self {
        case .refreshInvalid: "refresh_invalid"
        case .refreshExpired: "refresh_expired"
        case .customerClosed: "customer_closed"
        case .refreshReused, .sessionUnknown, .storageUnavailable: nil
        }
    }
}
