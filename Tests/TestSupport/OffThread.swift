import Observability

/// Runs what blocks on a thread of its own, so that tests that run beside it go on.
public func offThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { caller in
        BackgroundThread.start { caller.resume(with: Result { try body() }) }
    }
}
