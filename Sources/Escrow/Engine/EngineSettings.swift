public import Identifiers

/// How the charge engine spends lanes, time and gas.
public struct EngineSettings: Sendable {
    /// Gas coins to keep: so many transactions can be on their way at once.
    public var lanes = 16
    /// What a lane is filled up to, in MIST; 10⁹ are 1 SUI.
    public var laneMist: UInt64 = 500_000_000
    /// Below it a coin pays for nothing any more, in MIST.
    public var leastMist: UInt64 = 100_000_000
    /// A charge above it waits for a human to raise it; nil: none does.
    public var capSingle: MicroUSDC?
    /// What is signed within an hour at most; nil: no limit.
    public var capHour: MicroUSDC?
    /// How long charges wait for others to share their transaction.
    public var fillMilliseconds: Int64 = 150
    /// Operations in one transaction.
    public var batchLimit = ChargeBatch.operationLimit
    /// Between two looks at the database while something is under way, and while nothing is.
    public var busyMilliseconds: Int64 = 40
    public var idleMilliseconds: Int64 = 200
    /// How long an answer has to be confirmed by a checkpoint before the node is asked again.
    public var confirmMilliseconds: Int64 = 10_000
    /// Before bytes are sent again that met silence, and that a node refused; doubled every time.
    public var silentMilliseconds: Int64 = 250
    public var refusedMilliseconds: Int64 = 500
    /// How long an operation waits that could not be built.
    public var suspendedMilliseconds: Int64 = 30_000
    /// Before a database from before, which was found not to fit the chain, is looked at again; as
    /// long as the look took where that is longer.
    public var refitMilliseconds: Int64 = 30_000
    /// How long a leader that is not armed leads without its identity file.
    public var fileMilliseconds: Int64 = 5000

    public init() {}

    /// Ten seconds at most, or the first wait where that is longer.
    ///
    /// - Parameter tries: how often the bytes met silence, from 1.
    func silentMilliseconds(after tries: Int) -> Int64 {
        min(max(10_000, silentMilliseconds), silentMilliseconds << min(tries - 1, 6))
    }
}
