/// Where a follower begins that has no mark. Once there is one, it alone counts.
public enum FollowerStart: Hashable, Sendable {
    /// At this checkpoint, at or before the one in which the operator was created.
    case checkpoint(Int64)
    /// At the oldest one that the node has: whole only where that is before the operator's
    /// creation.
    case oldestAvailable
}
