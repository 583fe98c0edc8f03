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
    private let queued: Gauge

    /// - Parameter limit: how many statements may wait.
    init(_ queue: JobQueue, limit: Int, queued: Gauge) {
        self.queue = queue
        self.limit = limit
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
            Job(asked: first.asked, deadline: first.deadline, run: serve, refuse: refuseAll))
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

    @Sendable private func refuseAll(_ error: StorageError) {
        let refused = state.withLock { state in
            defer { state.waiting = [] }
            queued.add(-Int64(state.waiting.count))
            state.isRunning = false
            return state.waiting
        }
        for member in refused { member.job.refuse(error) }
    }

    private func run(_ group: [Member], on connection: PooledConnection) {
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
