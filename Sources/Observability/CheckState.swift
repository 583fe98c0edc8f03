/// How a check of `/ready` went. Reasons are shown to whoever asks: no address, no secret in them.
public enum CheckState: Hashable, Sendable {
    case ok
    /// Something is amiss that the process lives with: it is still better asked than nobody.
    case degraded(String)
    /// It can do nothing.
    case unavailable(String)
    /// Not configured.
    case absent

    /// As `/ready` says it.
    public var name: String {
        switch self {
        case .ok: "ok"
        case .degraded: "degraded"
        case .unavailable: "unavailable"
        case .absent: "absent"
        }
    }

    /// What is amiss; nil where nothing is.
    public var reason: String? {
        switch self {
        case .degraded(let reason), .unavailable(let reason): reason
        case .ok, .absent: nil
        }
    }
}
