import CCurl
import Synchronization

/// A request on its way to the thread that carries it out.
struct Submission: Sendable {
    let number: UInt64
    let request: HTTPClientRequest
    let continuation: CheckedContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
}

/// What tasks hand to the transfer thread, and how they wake it.
final class TransferQueue: Sendable {
    /// What came in since the last look.
    struct News {
        var submissions: [Submission] = []
        var cancelled: [UInt64] = []
        var isClosed = false
    }

    private struct State {
        var news = News()
        /// Submitted and not yet forgotten.
        var known: Set<UInt64> = []
        /// Cancelled before they were submitted: a task may already be when it asks.
        var early: Set<UInt64> = []
        /// The multi handle's address while its thread runs: waking is the one call that other
        /// threads may make on it.
        var multi: UInt?
    }

    private let state = Mutex(State())

    func attach(_ multi: UnsafeMutableRawPointer?) {
        state.withLock { $0.multi = multi.map { UInt(bitPattern: $0) } }
    }

    func submit(_ submission: Submission) {
        let refused: HTTPClientError? = state.withLock { state in
            guard !state.news.isClosed else { return .closed }
            guard state.early.remove(submission.number) == nil else { return .cancelled }
            state.known.insert(submission.number)
            state.news.submissions.append(submission)
            Self.wake(state)
            return nil
        }
        if let refused { submission.continuation.resume(returning: .failure(refused)) }
    }

    func cancel(_ number: UInt64) {
        state.withLock { state in
            guard state.known.contains(number) else {
                state.early.insert(number)
                return
            }
            state.news.cancelled.append(number)
            Self.wake(state)
        }
    }

    /// The number has its answer and will not come again.
    func forget(_ number: UInt64) {
        state.withLock { state in
            state.known.remove(number)
            state.early.remove(number)
        }
    }

    func close() {
        state.withLock { state in
            state.news.isClosed = true
            Self.wake(state)
        }
    }

    /// Takes what came in; whether the queue is closed stays.
    func take() -> News {
        state.withLock { state in
            let news = state.news
            state.news = News(isClosed: news.isClosed)
            return news
        }
    }

    // Inside the lock, so that the thread cannot free the handle meanwhile.
    private static func wake(_ state: State) {
        guard let address = state.multi, let multi = UnsafeMutableRawPointer(bitPattern: address)
        else { return }
        curl_multi_wakeup(multi)
    }
}
