/// Where the follower stands after a look at the chain.
public struct FollowerStep: Sendable {
    /// The last checkpoint that is booked.
    public let mark: Int64
    /// The newest one when the node was asked.
    public let tip: Int64
    /// How far the node's index had come.
    public let indexed: Int64
    /// What was booked; nil when nothing was there to be booked.
    public let summary: Bookkeeper.Summary?

    public init(mark: Int64, tip: Int64, indexed: Int64, summary: Bookkeeper.Summary?) {
        self.mark = mark
        self.tip = tip
        self.indexed = indexed
        self.summary = summary
    }

    /// In checkpoints.
    public var behind: Int64 {
        let (count, isTooLarge) = tip.subtractingReportingOverflow(mark)
        return isTooLarge ? .max : max(0, count)
    }

    /// All that the node could tell is booked.
    public var isCaughtUp: Bool { mark >= indexed }
}
