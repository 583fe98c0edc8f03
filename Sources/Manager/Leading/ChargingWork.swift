public import Escrow
public import Storage

/// What a leader does: follows the chain, charges, and runs the tasks.
public struct ChargingWork: Sendable {
    public let follower: Follower
    public let engine: ChargeEngine
    public let tasks: TaskRunner
    private let retries: RetryRequests

    public init(
        follower: Follower, engine: ChargeEngine, tasks: TaskRunner, database: Database
    ) {
        self.follower = follower
        self.engine = engine
        self.tasks = tasks
        retries = RetryRequests(database: database, engine: engine)
    }

    /// Until the task is cancelled, the generation is over, which both find out by themselves, or
    /// the engine cannot do its work here. Runs of tasks that are in hand go on for themselves:
    /// ``TaskRunner/finish()`` waits for them.
    ///
    /// Nothing is followed before the engine has judged the database.
    public func run(as leader: Generation) async -> TurnEnding {
        guard await engine.judge(as: leader) else { return await ending }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [follower] in
                do throws(FollowerError) {
                    try await follower.run(as: leader)
                } catch {
                    return  // Another leads now; nothing else ends it.
                }
            }
            group.addTask { [engine] in await engine.run(as: leader) }
            group.addTask { [engine] in await engine.keepIdentity(as: leader) }
            group.addTask { [tasks] in await tasks.run(as: leader) }
            group.addTask { [retries] in await retries.run() }
            await group.next()
            group.cancelAll()
        }
        return await ending
    }

    private var ending: TurnEnding {
        get async { await engine.unfit.map(TurnEnding.unfit) ?? .over }
    }
}
