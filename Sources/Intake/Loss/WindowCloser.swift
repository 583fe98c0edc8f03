public import Determinism
import Glibc
public import Observability
public import Storage

/// Closes the windows of workers that have ended, with what those had counted themselves: only then
/// is it known what was lost at the very end.
public final class WindowCloser: Sendable {
    private static let pauseMilliseconds: Int64 = 1000
    /// Where no worker serves: the next one is to be watched from its beginning on.
    private static let searchMilliseconds: Int64 = 200
    /// For lines that are still on their way into the database.
    private static let settleMilliseconds: Int64 = 5000
    private static let deadlineMilliseconds: Int64 = 8000

    private struct State {
        var isStopping = false
        var isRunning = false
    }

    private let edge: String
    private let socketPath: String
    private let target: BulkTarget
    private let metrics: MetricsRegistry
    private let surroundings: Surroundings
    private let logger: Logger
    private let state = Monitor(State())

    /// - Parameter socketPath: the runtime socket of the HAProxy that is `edge`, on this machine.
    public init(
        edge: String, socketPath: String, target: BulkTarget, metrics: MetricsRegistry,
        surroundings: Surroundings, logger: Logger
    ) {
        self.edge = edge
        self.socketPath = socketPath
        self.target = target
        self.metrics = metrics
        self.surroundings = surroundings
        self.logger = logger
    }

    public func start() {
        state.update { $0.isRunning = true }
        BackgroundThread.start { [self] in
            watch()
            state.update { $0.isRunning = false }
        }
    }

    public func stop(until deadline: Deadline) {
        state.update { $0.isStopping = true }
        _ = state.wait(until: deadline) { $0.isRunning ? nil : true }
    }

    private func watch() {
        let connection = BulkConnection(
            target, logger: logger, metrics: metrics, pool: "windows")
        var workers = WatchedWorkers(path: socketPath)
        let watched = metrics.gauge(
            "sluice_intake_workers_watched", help: "Workers of HAProxy that tell their totals.")
        while !(state.read { $0.isStopping }) {
            workers.look()
            watched.set(Int64(workers.count))
            do throws(StorageError) {
                try closeEnded(workers, on: connection)
            } catch {
                logger.debug("windows are closed later", ("reason", .text("\(error)")))
            }
            let pause = workers.isServing ? Self.pauseMilliseconds : Self.searchMilliseconds
            _ = state.wait(until: .after(milliseconds: pause)) {
                $0.isStopping ? true : nil
            }
        }
        connection.close()
    }

    private func closeEnded(
        _ workers: WatchedWorkers, on connection: BulkConnection
    ) throws(StorageError) {
        let (edge, now) = (edge, surroundings.now())
        let settled = now.adding(milliseconds: -Self.settleMilliseconds)
        let open = try connection.transaction(until: deadline) {
            transaction throws(StorageError) in
            try transaction.openWindows(of: edge, quietSince: settled)
        }
        for source in open
        where !workers.isWatched(source.start) && !Self.isAlive(source.start) {
            let total = workers.total(of: source)
            try connection.transaction(until: deadline) { transaction throws(StorageError) in
                try transaction.close(source, total: total, at: now)
            }
        }
    }

    private var deadline: Deadline { .after(milliseconds: Self.deadlineMilliseconds) }

    /// A worker that drains is alive, and writes lines.
    private static func isAlive(_ start: HAProxyStart) -> Bool {
        guard let process = pid_t(exactly: start.process), process > 0 else { return false }
        return kill(process, 0) == 0 || errno == EPERM
    }
}
