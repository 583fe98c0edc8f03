import Observability
import Synchronization

/// Hands jobs to idle threads, or keeps them in order until one is free.
///
/// The thread that was busy last is taken first: its connection and its server process are still
/// in the caches, and a quiet pool opens no more connections than it needs.
///
/// All jobs of a pool are given the same time from the moment they were asked for, and are taken
/// in order: so a thread is always let go of by the job before in time for the one that waits.
final class JobQueue: Sendable {
    private struct State {
        /// Nil where a job was taken; what a job holds on to must not stay behind in the queue.
        var waiting: [Job?] = []
        var taken = 0
        var idle: [Inbox] = []
        var isClosed = false

        var count: Int { waiting.count - taken }

        mutating func next() -> Job? {
            guard count > 0 else { return nil }
            let job = waiting[taken].take()
            taken += 1
            if taken > 256, taken * 2 > waiting.count {
                waiting.removeFirst(taken)
                taken = 0
            }
            return job
        }
    }

    /// Where one thread waits for its next job.
    typealias Inbox = Monitor<Delivery?>

    enum Delivery: Sendable {
        case job(Job)
        case stop
    }

    private let state = Mutex(State())
    private let limit: Int
    private let queued: Gauge

    init(limit: Int, queued: Gauge) {
        self.limit = limit
        self.queued = queued
    }

    func submit(_ job: Job) {
        let (isTaken, inbox): (Bool, Inbox?) = state.withLock { state in
            if state.isClosed { return (false, nil) }
            if let inbox = state.idle.popLast() { return (true, inbox) }
            guard state.count < limit else { return (false, nil) }
            state.waiting.append(job)
            queued.add(1)
            return (true, nil)
        }
        if let inbox { inbox.update { $0 = .job(job) } }
        if !isTaken { job.refuse(.unavailable) }
    }

    /// The next job for the thread of `inbox`; nil when it shall end.
    func next(for inbox: Inbox) -> Job? {
        let delivery: Delivery? = state.withLock { state in
            if let job = state.next() {
                queued.add(-1)
                return .job(job)
            }
            if state.isClosed { return .stop }
            state.idle.append(inbox)
            return nil
        }
        switch delivery ?? inbox.wait(for: { $0.take() }) {
        case .job(let job): return job
        case .stop, nil: return nil
        }
    }

    /// Turns away what waits and what will come; threads end after the job they are at.
    func close() {
        let (waiting, idle): ([Job], [Inbox]) = state.withLock { state in
            defer { state = State(isClosed: true) }
            queued.add(-Int64(state.count))
            return (state.waiting.compactMap { $0 }, state.idle)
        }
        for job in waiting { job.refuse(.unavailable) }
        for inbox in idle { inbox.update { $0 = .stop } }
    }
}
