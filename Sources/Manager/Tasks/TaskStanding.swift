import Determinism
import Observability

/// How a task is doing in this process; what `/ready` and the dashboard say of it.
struct TaskStanding: Sendable {
    /// Runs that take longer than this are worth a word.
    static let longMilliseconds: Int64 = 15 * 60_000

    /// In a row.
    var failures = 0
    /// The last failure, or what the last run came upon; nil once a run was well.
    var trouble: TaskFailure?
    var startedAt: Deadline?
    var isAsked = false

    /// What is left of it when another turn begins: that a run is still under way.
    var inNextTurn: TaskStanding? {
        startedAt.map { TaskStanding(startedAt: $0) }
    }

    var check: CheckState {
        if failures > 0, let trouble {
            let times = failures == 1 ? "failed" : "failed \(failures) times in a row"
            return .degraded("\(times): \(trouble.code): \(trouble.detail)")
        }
        if let trouble { return .degraded("\(trouble.code): \(trouble.detail)") }
        if let startedAt,
            startedAt.elapsedNanoseconds > UInt64(Self.longMilliseconds) * 1_000_000
        {
            return .degraded("has been running for more than 15 minutes")
        }
        return .ok
    }
}
