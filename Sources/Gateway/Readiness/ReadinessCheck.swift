public import Observability

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
