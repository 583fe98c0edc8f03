import Determinism
import Glibc
import Observability

/// Runs what blocks on a thread of its own: the task threads are few, and the servers under test
/// need them.
func blocking<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        BackgroundThread.start { continuation.resume(with: Result { try body() }) }
    }
}

struct NeverHappened: Error {
    let what: String
}

/// Looks again and again until it is so, for at most ten seconds.
func wait(until what: String, _ condition: () -> Bool) throws {
    let end = Deadline.after(milliseconds: 10_000)
    while !condition() {
        guard !end.isPast else { throw NeverHappened(what: what) }
        usleep(1000)
    }
}
