import Determinism
import Synchronization

/// Hands jobs to idle threads, or keeps them in order until one is free.
///
/// The thread that was busy last is taken first: its connection and its server process are still
/// in the caches, and a quiet pool opens no more connections than it needs.
final class JobQueue: Sendable {
    private struct State {
        var waiting: [Job] = []
        var taken = 0  // Jobs at the front of `waiting` that are gone already.
        var idle: [Inbox] = []
        var isClosed = false

        var count: Int { waiting.count - taken }

        mutating func next() -> Job? {
            guard count > 0 else { return nil }
            let job = waiting[taken]
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

    init(limit: Int) { self.limit = limit }

    var waitingCount: Int { state.withLock { $0.count } }
    var idleCount: Int { state.withLock { $0.idle.count } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func submit(_ job: Job) {
        let (isTaken, inbox): (Bool, Inbox?) = state.withLock { state in
            if state.isClosed { return (false, nil) }
            if let inbox = state.idle.popLast() { return (true, inbox) }
            guard state.count < limit else { return (false, nil) }
            state.waiting.append(job)
            return (true, nil)
        }
        if let inbox { inbox.update { $0 = .job(job) } }
        if !isTaken { job.refuse(.unavailable) }
    }

    /// The next job for the thread of `inbox`; nil when it shall end.
    func next(for inbox: Inbox) -> Job? {
        let delivery: Delivery? = state.withLock { state in
            if let job = state.next() { return .job(job) }
            if state.isClosed { return .stop }
            state.idle.append(inbox)
            return nil
        }
        switch delivery ?? inbox.wait(for: { $0.take() }) {
        case .job(let job): return job
        case .stop, nil: return nil
        }
    }

    /// Takes out what waited past its deadline, so that nobody waits on a busy pool for longer.
    func refuseOverdue() {
        let overdue: [Job] = state.withLock { state in
            guard state.count > 0 else { return [] }
            let now = Deadline.now
            let waiting = state.waiting[state.taken...]
            guard waiting.contains(where: { $0.deadline <= now }) else { return [] }
            state.waiting = waiting.filter { $0.deadline > now }
            state.taken = 0
            return waiting.filter { $0.deadline <= now }
        }
        for job in overdue { job.refuse(.unavailable) }
    }

    /// Turns away what waits and what will come; threads end after the job they are at.
    func close() {
        let (waiting, idle): ([Job], [Inbox]) = state.withLock { state in
            defer { state = State(isClosed: true) }
            return (Array(state.waiting[state.taken...]), state.idle)
        }
        for job in waiting { job.refuse(.unavailable) }
        for inbox in idle { inbox.update { $0 = .stop } }
    }
}
