/// The right to write as the leader, until somebody else takes it.
///
/// The counter alone would not do: a database restored from before has counted less far, and would
/// let an older leader through. So the identity of cluster, timeline and database belongs to it.
public struct Generation: Hashable, Sendable {
    public let counter: Int64
    /// What `leader_identity()` said when it was taken. Kept outside the database as well, it
    /// shows that the database is another one.
    public let identity: String

    public init(counter: Int64, identity: String) {
        self.counter = counter
        self.identity = identity
    }
}
