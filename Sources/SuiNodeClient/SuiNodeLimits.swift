/// How long nodes are waited for, and how much of them is listened to.
public struct SuiNodeLimits: Sendable {
    /// For one endpoint's whole answer.
    public var endpointMilliseconds: Int64 = 5_000
    /// For all endpoints together.
    public var totalMilliseconds: Int64 = 8_000
    /// For how long an endpoint that failed is asked only when no other answers.
    public var restMilliseconds: Int64 = 10_000
    /// Bytes of an answer; a verdict takes some hundred.
    public var answerLimit = 64 * 1024

    public init() {}
}
