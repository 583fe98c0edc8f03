/// How one of the manager's parts is. Reasons are shown to whoever asks: no secret in them.
public enum ManagerCheck: Hashable, Sendable {
    case ok
    /// Something is amiss that the manager lives with.
    case degraded(String)
    /// It can do nothing.
    case unavailable(String)
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
