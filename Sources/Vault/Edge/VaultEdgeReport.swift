public import Determinism

/// What an edge says of itself.
public struct VaultEdgeReport: Hashable, Sendable {
    public enum Standing: Hashable, Sendable {
        /// All that HAProxy runs there has the version.
        case applied
        /// Some of it has not yet.
        case applying
        /// What is offered is not taken; the stable code says why.
        case refused(String)
        /// It could not be told to HAProxy.
        case failed(String)

        var name: String {
            switch self {
            case .applied: "applied"
            case .applying: "applying"
            case .refused: "refused"
            case .failed: "failed"
            }
        }

        var code: String? {
            switch self {
            case .applied, .applying: nil
            case .refused(let code), .failed(let code): code
            }
        }
    }

    public let edge: String
    /// The last that all of it had; 0 for none.
    public let version: Int64
    public let appliedAt: Timestamp?
    public let standing: Standing
}
