public import Determinism

/// A page of a list, and where the index stood when it was made: whether the list is whole follows
/// from this answer alone, whoever else answers the next question.
public struct NodePage<Element: Sendable>: Sendable {
    public let elements: [Element]
    /// Where the next page begins; nil after the last one. Means something to this node alone.
    public let next: String?
    /// The checkpoints that can be listed.
    public let available: ClosedRange<Int64>
    /// The checkpoint that was named; nil where the node has not got it.
    public let head: NodeCheckpointHead?

    /// All of `range` can be listed, the last of it too.
    public func covers(_ range: ClosedRange<Int64>) -> Bool {
        available.contains(range.lowerBound) && available.contains(range.upperBound)
            && head != nil
    }
}

/// A checkpoint without what is in it.
public struct NodeCheckpointHead: Hashable, Sendable {
    public let epoch: UInt64
    public let at: Timestamp
}
