import Determinism
import Escrow
import Storage
import Synchronization

/// Keeps `worker_runs`, as the leader only.
///
/// A run that takes its time has a row from its start on, so that a killed one leaves a trace. Runs
/// that come every few seconds are summed up: those that did nothing leave no row, the others one
/// a minute; each failure has its own. What a run came upon is told at once, and then by the minute
/// for as long as it stays.
final class RunJournal: Sendable {
    private let database: Database
    private let holder: String
    private let surroundings: Surroundings
    /// By task: what is not written yet.
    private let sums = Mutex<[String: RunSum]>([:])

    init(database: Database, holder: String, surroundings: Surroundings) {
        self.database = database
        self.holder = holder
        self.surroundings = surroundings
    }

    /// To be called when a turn begins: what still says that it runs does not.
    func begin(as leader: Generation) async throws(LeaderError) {
        let now = surroundings.now()
        try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.interruptRuns(of: nil, at: now)
        }
    }

    /// - Returns: the number of the row that says so; nil for a run that is only summed up.
    func started(
        _ task: ManagerTask, isAsked: Bool, as leader: Generation
    ) async throws(LeaderError) -> Int64? {
        guard isAsked || !task.isBrief else { return nil }
        let (now, holder) = (surroundings.now(), holder)
        return try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.interruptRuns(of: task.name, at: now)
            return try await transaction.beginRun(
                of: task.name, generation: leader.counter, holder: holder, at: now)
        }
    }

    /// - Parameter row: as ``started(_:isAsked:as:)`` returned it.
    func ended(
        _ run: WorkerRun, row: Int64?, as leader: Generation
    ) async throws(LeaderError) {
        if let row {
            return try await database.lead(as: leader) { transaction throws(StorageError) in
                try await transaction.endRun(row, run)
            }
        }
        guard run.outcome != .failed else { return try await write(run, as: leader) }
        let due = sums.withLock { $0[run.task, default: RunSum()].take(run) }
        for sum in due { try await write(sum, as: leader) }
    }

    /// Writes what is summed up so far.
    func flush(as leader: Generation) async throws(LeaderError) {
        let open = sums.withLock { sums in
            defer { sums = [:] }
            return sums.values.compactMap(\.open).sorted { $0.task < $1.task }
        }
        for sum in open { try await write(sum, as: leader) }
    }

    private func write(_ run: WorkerRun, as leader: Generation) async throws(LeaderError) {
        let holder = holder
        try await database.lead(as: leader) { transaction throws(StorageError) in
            try await transaction.addRuns(run, generation: leader.counter, holder: holder)
        }
    }
}
