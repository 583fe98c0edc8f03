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
