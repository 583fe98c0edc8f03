import Determinism

/// Waits for something only for so long.
enum BoundedWait {
    /// Runs `body` to its end, or lets go of it at the deadline, after which it goes on by itself.
    ///
    /// - Returns: whether it ended in time.
    static func run(
        until deadline: Deadline, _ body: @escaping @Sendable () async -> Void
    ) async -> Bool {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let work = Task {
            await body()
            end.yield(true)
        }
        let clock = Task {
            try? await Task.sleep(for: .milliseconds(deadline.remainingMilliseconds))
            end.yield(false)
        }
        defer {
            work.cancel()
            clock.cancel()
        }
        return await ends.first { _ in true } ?? false
    }
}
