/// Something that must work for this instance to be of use.
public struct ReadinessCheck: Sendable {
    public let name: String
    /// Must come back within a few seconds by itself.
    public let check: @Sendable () async -> CheckState

    public init(name: String, check: @escaping @Sendable () async -> CheckState) {
        self.name = name
        self.check = check
    }
}

/// How a check went. Reasons are shown to whoever asks: no address, no secret in them.
public enum CheckState: Equatable, Sendable {
    case ok
    /// Something is amiss, but requests are still better sent here than nowhere.
    case degraded(String)
    /// Requests must go elsewhere.
    case unavailable(String)
    /// Not configured.
    case absent

    var name: String {
        switch self {
        case .ok: "ok"
        case .degraded: "degraded"
        case .unavailable: "unavailable"
        case .absent: "absent"
        }
    }

    var reason: String? {
        switch self {
        case .degraded(let reason), .unavailable(let reason): reason
        case .ok, .absent: nil
        }
    }
}
