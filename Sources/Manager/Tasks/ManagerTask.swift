public import Escrow

/// A piece of work that the leader does again and again.
public struct ManagerTask: Sendable {
    /// `[a-z]+`, words joined by `_`: stands in `worker_runs`, in metrics and on the command line.
    public let name: String
    /// From the end of one run to the start of the next, where all goes well.
    public let intervalMilliseconds: Int64
    /// From the start of a turn to its first run in it; `--once` does not wait.
    let delayMilliseconds: Int64
    /// Whether its runs are summed up by the minute: those that did nothing leave no trace.
    let isBrief: Bool
    /// One run. It ends by itself: nothing cancels it, and a process that is asked to stop waits
    /// 30 seconds for it. The lead does not: another process may lead, and run the same task, before
    /// it has ended.
    ///
    /// So what two leaders could do harm with is written through ``Database/lead(as:_:)`` of
    /// `Escrow` with the generation given, or under locks of its own rows. A thrown ``LeaderError/deposed`` ends the turn; everything else
    /// that is thrown is a failure, told by ``TaskFailure`` where it is one.
    public let run: @Sendable (Generation) async throws -> TaskReport

    /// - Parameter delayMilliseconds: from the start of a turn to the first run in it.
    public init(
        _ name: String, everyMilliseconds intervalMilliseconds: Int64,
        afterMilliseconds delayMilliseconds: Int64 = 0,
        run: @escaping @Sendable (Generation) async throws -> TaskReport
    ) {
        self.init(
            name, intervalMilliseconds, delayMilliseconds,
            isBrief: intervalMilliseconds < Self.briefMilliseconds, run)
    }

    private init(
        _ name: String, _ intervalMilliseconds: Int64, _ delayMilliseconds: Int64, isBrief: Bool,
        _ run: @escaping @Sendable (Generation) async throws -> TaskReport
    ) {
        self.name = name
        self.intervalMilliseconds = intervalMilliseconds
        self.delayMilliseconds = delayMilliseconds
        self.isBrief = isBrief
        self.run = run
    }
}

extension ManagerTask {
    /// Runs of tasks that come more often than this are summed up by the minute.
    static let briefMilliseconds: Int64 = 60_000

    /// Whether it comes every few minutes, and not every few seconds.
    public var isCycle: Bool { !isBrief }

    /// The same work at another pace.
    public func every(milliseconds: Int64) -> ManagerTask {
        ManagerTask(
            name, milliseconds, min(delayMilliseconds, milliseconds), isBrief: isBrief, run)
    }

    /// The same work, which begins with the turn.
    public var atOnce: ManagerTask {
        ManagerTask(name, intervalMilliseconds, 0, isBrief: isBrief, run)
    }
}
