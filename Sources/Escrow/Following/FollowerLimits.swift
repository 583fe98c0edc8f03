/// How much the follower reads at once, and how often it looks.
public struct FollowerLimits: Sendable {
    /// Checkpoints in one window, at most. Windows shrink while a node cannot answer for them.
    public var windowCheckpoints: Int64 = 100
    /// Windows with more events are too large: nothing is booked before all of one is read.
    public var windowEvents = 1500
    /// Windows that are read or wait to be booked.
    public var windowsAhead = 4
    /// Between two looks at a tip that is booked.
    public var pollMilliseconds: Int64 = 250
    /// Between two tries, at most, while something is wrong; the first comes after a poll.
    public var retryMilliseconds: Int64 = 5000
    /// Between two questions for coins that no checkpoint told of.
    public var gasMilliseconds: Int64 = 15_000
    /// The same while the charger has no coin that pays for anything: all charges wait for one.
    public var emptyGasMilliseconds: Int64 = 1000
    /// What a coin pays for something with, in MIST; as ``EngineSettings/leastMist``.
    public var leastGasMist: UInt64 = 100_000_000
    /// Coins of SUI that are asked for; a lane takes one.
    public var gasCoins = 64

    public init() {}
}
