/// The right to write as the leader, until somebody else takes it.
///
/// The counter alone would not do: a database restored from before has counted less far, and would
/// let an older leader through. So the identity of cluster, timeline and database belongs to it; and
/// as files that are put back have that as well, and may count to the same figure again, the start
/// of the server, without a stop of which no files can be put back.
public struct Generation: Hashable, Sendable {
    public let counter: Int64
    /// What `leader_identity()` said when it was taken. Kept outside the database as well, it
    /// shows that the database is another one.
    public let identity: String
    /// What the follower had booked when it was taken; -1 before it began.
    public let checkpoint: Int64
    /// When the server had started, in microseconds since 1970 by its own clock.
    public let serverStart: Int64

    public init(counter: Int64, identity: String, checkpoint: Int64, serverStart: Int64) {
        self.counter = counter
        self.identity = identity
        self.checkpoint = checkpoint
        self.serverStart = serverStart
    }
}
