import Determinism
import Observability
import Synchronization

/// Statements of different callers that are committed together, because they waited at the same
/// moment: a commit to disk and a trip to the server cost the same for one as for many.
///
/// With nobody else waiting a statement runs at once and alone. A statement that fails takes
/// nothing with it: the server has undone all of them, and each is run again by itself. Where the
/// connection is lost, the outcome is unknown to all of them, as it would be to each.
///
/// Each waits on the locks of those it was put together with, so two such groups could wait for
/// each other: they take their locks in the order of ``Member/order``.
final class SharedCommits: Sendable {
    struct Member: Sendable {
        let statement: Statement
        /// Of the lock that it takes; the same order everywhere.
        let order: [UInt8]
        /// By itself.
        let job: Job
        /// Reads the answer; what it returns tells the caller, once all is committed.
        let read: @Sendable (borrowing StatementAnswer) -> @Sendable () -> Void
    }

    private struct State {
        var waiting: [Member] = []
        /// One group at a time: so each sees all that those before it did, and groups are large.
        var isRunning = false
    }

    /// Statements in a group; one that is refused is run again statement by statement.
    private static let groupLimit = 32

    private let state = Mutex(State())
    private let queue: JobQueue
    private let limit: Int
    private let leastMilliseconds: Int64
    private let queued: Gauge

    /// - Parameters:
    ///   - limit: how many statements may wait.
    ///   - leastMilliseconds: who has less time left joins no group. A group ends by the earliest
    ///     deadline in it, and then the outcome is unknown to all.
    init(_ queue: JobQueue, limit: Int, leastMilliseconds: Int64, queued: Gauge) {
        self.queue = queue
        self.limit = limit
        self.leastMilliseconds = leastMilliseconds
        self.queued = queued
    }

    func submit(_ member: Member) {
        let (isTaken, runs) = state.withLock { state in
            guard state.waiting.count < limit else { return (false, false) }
            state.waiting.append(member)
            queued.add(1)
            guard !state.isRunning else { return (true, false) }
            state.isRunning = true
            return (true, true)
        }
        if runs { enqueue(member.job) }
        if !isTaken { member.job.refuse(.unavailable) }
    }

    private func enqueue(_ first: Job) {
        queue.submit(
            Job(asked: first.asked, deadline: first.deadline, run: serve, refuse: turnAway))
    }

    /// On a pool thread: one group, then to the end of the queue for the next.
    @Sendable private func serve(_ connection: PooledConnection) {
        let group = state.withLock { state in
            let group = Array(state.waiting.prefix(Self.groupLimit))
            state.waiting.removeFirst(group.count)
            queued.add(-Int64(group.count))
            return group
        }
        run(group, on: connection)
        let next: Job? = state.withLock { state in
            state.isRunning = !state.waiting.isEmpty
            return state.waiting.first?.job
        }
        if let next { enqueue(next) }
    }

    /// Where no thread came in time, only for those whose time is up: others may still have
    /// enough. Else, where the queue takes nobody, for all.
    @Sendable private func turnAway(_ error: StorageError) {
        let now = Deadline.now
        let (refused, next): ([Member], Job?) = state.withLock { state in
            let late = state.waiting.filter { $0.job.deadline <= now }
            let refused = late.isEmpty ? state.waiting : late
            state.waiting = late.isEmpty ? [] : state.waiting.filter { $0.job.deadline > now }
            queued.add(-Int64(refused.count))
            state.isRunning = !state.waiting.isEmpty
            return (refused, state.waiting.first?.job)
        }
        for member in refused { member.job.refuse(error) }
        if let next { enqueue(next) }
    }

    private func run(_ waiting: [Member], on connection: PooledConnection) {
        let group = waiting.count > 1 ? timely(waiting) : waiting
        guard group.count > 1 else { return runAlone(group, on: connection) }
        let ordered = group.sorted { $0.order.lexicographicallyPrecedes($1.order) }
        let deadline = group.map(\.job.deadline).min() ?? .now
        var answers: [Int: @Sendable () -> Void] = [:]
        do throws(StorageError) {
            let isDone = try connection.performTogether(
                ordered.map(\.statement), until: deadline
            ) { index, answer in answers[index] = ordered[index].read(answer) }
            guard isDone else { return runAlone(ordered, on: connection) }
            for (index, member) in ordered.enumerated() {
                // Done, and so never run again, whatever became of the answer.
                if let tell = answers[index] { tell() } else { member.job.refuse(.connectionLost) }
            }
        } catch {
            for member in group { member.job.refuse(error) }
        }
    }

    private func timely(_ waiting: [Member]) -> [Member] {
        waiting.filter { member in
            let isTimely = member.job.deadline.remainingMilliseconds >= leastMilliseconds
            if !isTimely { member.job.refuse(.unavailable) }
            return isTimely
        }
    }

    private func runAlone(_ group: [Member], on connection: PooledConnection) {
        for member in group {
            if member.job.deadline.isPast {
                member.job.refuse(.unavailable)
            } else {
                member.job.run(connection)
            }
        }
    }
}
