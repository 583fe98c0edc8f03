import Glibc
import Observability
import Synchronization

/// Runs the development stack on one thread that lives as long as it does.
///
/// A thread of its own for two reasons: the kernel tells children of their parent's death when the
/// *thread* that started them ends (`PR_SET_PDEATHSIG`, prctl(2)), and signals are waited for here
/// by blocking.
enum DevThread {
    static func run(_ body: @escaping @Sendable () -> ExitStatus) async -> ExitStatus {
        await withCheckedContinuation { continuation in
            BackgroundThread.start { continuation.resume(returning: body()) }
        }
    }

    /// Waits, on this thread, for something asynchronous.
    static func wait<Result: Sendable>(
        for body: @escaping @Sendable () async -> Result
    ) -> Result {
        let answer = Answer<Result>()
        Task { answer.give(await body()) }
        return answer.take()
    }

    /// One value handed from a task to a thread that blocks.
    private final class Answer<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)

        func give(_ given: Value) {
            value.withLock { $0 = given }
        }

        func take() -> Value {
            while true {
                if let value = value.withLock({ $0 }) { return value }
                poll(nil, 0, 2)
            }
        }
    }
}
