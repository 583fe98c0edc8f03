import Observability
import Synchronization

/// Waiting for a task on a thread that may block.
enum Waiting {
    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws
        -> Value
    {
        let outcome = Monitor<Result<Value, any Error>?>(nil)
        Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.update { $0 = result }
        }
        guard let result = outcome.wait(for: { $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
