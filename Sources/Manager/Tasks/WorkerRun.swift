import ByteCodecs
import Determinism

/// What a row of `worker_runs` says of runs that have ended.
struct WorkerRun: Sendable {
    enum Outcome: String, Sendable {
        case done, finding, failed
    }

    var task: String
    var startedAt: Timestamp
    var endedAt: Timestamp
    var outcome: Outcome
    var runs: Int64 = 1
    var busyMilliseconds: Int64
    /// None of them zero.
    var counts: [String: Int64] = [:]
    var trouble: TaskFailure?

    /// - Returns: nil for a run that another leader made worthless.
    init?(
        _ task: ManagerTask, _ ending: TaskEnding, from startedAt: Timestamp,
        to endedAt: Timestamp, busyNanoseconds: UInt64
    ) {
        switch ending {
        case .done(let report):
            outcome = report.finding == nil ? .done : .finding
            counts = report.counted
        case .failed: outcome = .failed
        case .deposed: return nil
        }
        self.task = task.name
        self.startedAt = startedAt
        self.endedAt = max(startedAt, endedAt)  // A clock may be set back meanwhile.
        busyMilliseconds = Int64(busyNanoseconds / 1_000_000)
        trouble = ending.trouble
    }

    var countsJSON: JSONValue {
        .object(
            JSONObject(
                counts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.integer($0.value)) }))
    }

    /// Takes a later run in, whose counts are added.
    mutating func add(_ later: WorkerRun) {
        endedAt = later.endedAt
        runs += later.runs
        busyMilliseconds += later.busyMilliseconds
        counts.merge(later.counts) { $0.addingReportingOverflow($1).partialValue }
    }
}
