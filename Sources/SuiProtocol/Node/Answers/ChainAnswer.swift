/// An answer, and the network that the node says it is of in the same breath.
public struct ChainAnswer<Value: Sendable>: Sendable {
    /// As ``NodeStatus/chain``.
    public let chain: String
    public let value: Value
}
