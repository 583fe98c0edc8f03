/// Which database was charged from, and how far it had come: kept outside of it.
///
/// An identity alone does not tell a copy of the files, of a volume or of a machine that was put
/// back. Both figures only ever rise, and only a leader raises them.
public struct KnownDatabase: Hashable, Sendable {
    /// What `leader_identity()` said.
    public let identity: String
    /// The leader's counter; 0 where the file is of a form that did not tell.
    public let generation: Int64
    /// What the follower had booked; -1 before it began, and where the file did not tell.
    public let checkpoint: Int64

    public init(identity: String, generation: Int64 = 0, checkpoint: Int64 = -1) {
        self.identity = identity
        self.generation = generation
        self.checkpoint = checkpoint
    }

    /// Whether a leader may have taken the lead in the same database, and not in a copy from
    /// before: it counts higher than all that are known, on top of all that was booked.
    func isContinued(by leader: Generation) -> Bool {
        identity == leader.identity && generation < leader.counter
            && checkpoint <= leader.checkpoint
    }
}
