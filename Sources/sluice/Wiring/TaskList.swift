import Synchronization

/// Work repeated at an interval until all of it is stopped.
final class TaskList: Sendable {
    private let tasks = Mutex<[Task<Void, Never>]>([])

    /// Runs `body` at once and then again each time `milliseconds` after it came back.
    func add(every milliseconds: Int, _ body: @escaping @Sendable () async -> Void) {
        let task = Task {
            while !Task.isCancelled {
                await body()
                try? await Task.sleep(for: .milliseconds(milliseconds))
            }
        }
        tasks.withLock { $0.append(task) }
    }

    /// Comes back when every piece of work under way has ended.
    func stop() async {
        let stopped = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in stopped { task.cancel() }
        for task in stopped { await task.value }
    }
}
