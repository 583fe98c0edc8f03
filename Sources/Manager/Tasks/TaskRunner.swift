public import Determinism
public import Escrow
public import Observability
public import Storage
import Synchronization

/// Runs the tasks, each at its own pace: one that fails rests longer each time, says so, and stops
/// none of the others.
public final class TaskRunner: Sendable {
    private static let pollMilliseconds = 1000
    private static let waitMilliseconds: Int64 = 100

    public let tasks: [ManagerTask]
    private let journal: RunJournal
    private let database: Database
    private let surroundings: Surroundings
    private let logger: Logger
    private let metrics: [String: TaskMetrics]
    private let standings = Mutex<[String: TaskStanding]>([:])
    /// Runs that have not ended, by task; one may be left of an earlier turn.
    private let inHand = Mutex<[String: Task<Void, Never>]>([:])

    /// - Parameters:
    ///   - tasks: in the order in which ``runOnce(as:)`` runs them; no name twice.
    ///   - holder: names the process to an operator.
    public init(
        _ tasks: [ManagerTask], database: Database, holder: String, surroundings: Surroundings,
        logger: Logger, metrics: MetricsRegistry
    ) {
        self.tasks = tasks
        self.database = database
        self.surroundings = surroundings
        self.logger = logger
        journal = RunJournal(database: database, holder: holder, surroundings: surroundings)
        self.metrics = Dictionary(
            tasks.map { ($0.name, TaskMetrics(metrics, task: $0.name)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// How each task is doing, as checks of `/ready`.
    public var checks: [(name: String, state: CheckState)] {
        let standings = standings.withLock { $0 }
        return tasks.map { ("task_" + $0.name, standings[$0.name]?.check ?? .ok) }
    }

    // MARK: - At intervals

    /// Until the task is cancelled, or another leads. Runs in hand are neither cut off nor waited
    /// for: whoever leads next does so at once, and what such a run writes as an earlier leader is
    /// refused once there is another. In this process no task begins beside such a run of its own.
    public func run(as leader: Generation) async {
        standings.withLock { standings in
            standings = standings.compactMapValues { $0.inNextTurn }
        }
        guard await beginTurn(as: leader) else { return }
        await hearRequestsOnce()
        await withTaskGroup(of: Void.self) { group in
            for task in tasks { group.addTask { [self] in await keepRunning(task, as: leader) } }
            group.addTask { [self] in await hearRequests() }
            await group.next()  // Only the end of the turn ends one of them.
            group.cancelAll()
        }
        try? await journal.flush(as: leader)
    }

    /// Waits for the runs that outlive their turn. To be called when no turn is under way, with no
    /// other to come.
    public func finish() async {
        for run in inHand.withLock({ Array($0.values) }) { await run.value }
    }

    /// - Returns: false where the turn is over.
    private func beginTurn(as leader: Generation) async -> Bool {
        while !Task.isCancelled {
            do throws(LeaderError) {
                try await journal.begin(as: leader)
                return true
            } catch .deposed {
                return false
            } catch {
                try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
            }
        }
        return false
    }

    private func keepRunning(_ task: ManagerTask, as leader: Generation) async {
        await inHand.withLock { $0[task.name] }?.valueOrCancelled()
        await rest(of: task, task.delayMilliseconds)
        while !Task.isCancelled {
            guard await begin(task, as: leader) != .deposed else { return }
            await rest(of: task)
        }
    }

    /// One run, which goes on where the turn is over before it.
    ///
    /// - Returns: nil in that case.
    private func begin(_ task: ManagerTask, as leader: Generation) async -> TaskEnding? {
        let (endings, end) = AsyncStream.makeStream(of: TaskEnding.self)
        inHand.withLock { inHand in
            inHand[task.name] = Task { [self] in
                let ending = await run(task, as: leader)
                self.inHand.withLock { $0[task.name] = nil }
                end.yield(ending)
            }
        }
        return await endings.first { _ in true }
    }

    private func rest(of task: ManagerTask) async {
        let failures = standings.withLock { $0[task.name]?.failures ?? 0 }
        let milliseconds =
            failures == 0
            ? task.intervalMilliseconds
            : BackOff.milliseconds(
                failures: failures, intervalMilliseconds: task.intervalMilliseconds,
                surroundings: surroundings)
        await rest(of: task, milliseconds)
    }

    private func rest(of task: ManagerTask, _ milliseconds: Int64) async {
        let end = Deadline.after(milliseconds: milliseconds)
        while !end.isPast, !Task.isCancelled, !isAsked(task) {
            let left = min(Self.waitMilliseconds, Int64(end.remainingMilliseconds))
            try? await Task.sleep(for: .milliseconds(left))
        }
    }

    private func isAsked(_ task: ManagerTask) -> Bool {
        standings.withLock { $0[task.name]?.isAsked ?? false }
    }

    /// Whoever serves the dashboard may not be the one that leads: they talk through a table.
    private func hearRequests() async {
        while !Task.isCancelled {
            await hearRequestsOnce()
            try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }

    private func hearRequestsOnce() async {
        guard let asked = try? await database.askedTasks(), !asked.isEmpty else { return }
        standings.withLock { standings in
            for name in asked { standings[name, default: TaskStanding()].isAsked = true }
        }
    }

    // MARK: - Once

    /// Runs each task once, one after the other; a cancelled task ends after the one in hand.
    ///
    /// - Returns: what became of each that was run.
    public func runOnce(as leader: Generation) async -> [(task: String, ending: TaskEnding)] {
        var endings: [(task: String, ending: TaskEnding)] = []
        guard await beginTurn(as: leader) else { return endings }
        for task in tasks where !Task.isCancelled {
            let ending = await run(task, as: leader)
            endings.append((task.name, ending))
            if ending == .deposed { break }
        }
        try? await journal.flush(as: leader)
        return endings
    }

    // MARK: - One run

    private func run(_ task: ManagerTask, as leader: Generation) async -> TaskEnding {
        let isAsked = isAsked(task)
        let start = Deadline.now
        let startedAt = surroundings.now()
        change(task) {
            $0.isAsked = false
            $0.startedAt = start
        }
        defer { change(task) { $0.startedAt = nil } }
        let row: Int64?
        do throws(LeaderError) {
            row = try await journal.started(task, isAsked: isAsked, as: leader)
        } catch .deposed {
            return .deposed
        } catch {
            let failure = TaskEnding.failed(TaskFailure(error))
            settle(task, failure, nil)
            return failure
        }
        // In a task of its own, which nothing cancels: what is in hand is finished.
        let ending = await Task { await Self.attempt(task, as: leader) }.value
        let run = WorkerRun(
            task, ending, from: startedAt, to: surroundings.now(),
            busyNanoseconds: start.elapsedNanoseconds)
        settle(task, ending, run)
        guard let run else { return .deposed }
        do throws(LeaderError) {
            try await journal.ended(run, row: row, as: leader)
        } catch .deposed {
            return .deposed
        } catch {
            logger.warning(
                "how a task ended is not written down", ("task", .text(task.name)),
                ("reason", .text("\(error)")))
        }
        return ending
    }

    private static func attempt(_ task: ManagerTask, as leader: Generation) async -> TaskEnding {
        do {
            return .done(try await task.run(leader))
        } catch LeaderError.deposed {
            return .deposed
        } catch {
            return .failed(TaskFailure(error))
        }
    }

    private func change(_ task: ManagerTask, _ body: (inout TaskStanding) -> Void) {
        standings.withLock { body(&$0[task.name, default: TaskStanding()]) }
    }

    /// Tells everybody how a run ended.
    private func settle(_ task: ManagerTask, _ ending: TaskEnding, _ run: WorkerRun?) {
        let trouble = ending.trouble
        let logger = logger.with(("task", .text(task.name)))
        var failures = 0
        var isNews = false
        change(task) { standing in
            standing.failures = ending.isFailure ? standing.failures + 1 : 0
            if standing.trouble != nil, trouble == nil { logger.info("task is well again") }
            isNews = standing.trouble != trouble
            standing.trouble = trouble
            failures = standing.failures
        }
        metrics[task.name]?.count(ending, run, at: surroundings.now())
        if ending.isFailure {
            logger.error(
                "task failed", ("code", .text(trouble?.code ?? "")),
                ("reason", .text(trouble?.detail ?? "")), ("failures", .number(Int64(failures))))
        } else if let trouble, isNews {
            logger.warning(
                "task found something", ("code", .text(trouble.code)),
                ("reason", .text(trouble.detail)))
        }
    }
}
