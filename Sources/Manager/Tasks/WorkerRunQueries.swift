import ByteCodecs
import Determinism
import Escrow
import Storage

extension Transaction {
    /// Runs of processes that were killed, or could not say how they ended.
    ///
    /// - Parameter task: nil for all.
    func interruptRuns(
        of task: String?, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            UPDATE worker_runs SET outcome = 'interrupted', ended_at = greatest(\(now), started_at)
             WHERE outcome = 'running' AND (\(task)::text IS NULL OR task = \(task))
            """)
    }

    /// - Returns: the row's number; who asked for the run has been answered with it.
    func beginRun(
        of task: String, generation: Int64, holder: String, at now: Timestamp
    ) async throws(StorageError) -> Int64? {
        try await value(
            """
            WITH asked AS (DELETE FROM worker_requests WHERE task = \(task) RETURNING asked_by)
            INSERT INTO worker_runs (task, generation, holder, asked_by, started_at, outcome)
            SELECT \(task), \(generation), \(holder), (SELECT asked_by FROM asked), \(now),
                'running'
            RETURNING run_id
            """)
    }

    func endRun(_ id: Int64, _ run: WorkerRun) async throws(StorageError) {
        try await execute(
            """
            UPDATE worker_runs
               SET outcome = \(run.outcome.rawValue), ended_at = \(run.endedAt),
                   busy_milliseconds = \(run.busyMilliseconds), counts = \(run.countsJSON),
                   error_code = \(run.trouble?.code), error_detail = \(run.trouble?.detail)
             WHERE run_id = \(id) AND outcome = 'running'
            """)
    }

    /// One row for runs that have all ended.
    func addRuns(
        _ run: WorkerRun, generation: Int64, holder: String
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO worker_runs (task, generation, holder, started_at, ended_at, outcome,
                runs, busy_milliseconds, counts, error_code, error_detail)
            VALUES (\(run.task), \(generation), \(holder), \(run.startedAt), \(run.endedAt),
                \(run.outcome.rawValue), \(run.runs), \(run.busyMilliseconds), \(run.countsJSON),
                \(run.trouble?.code), \(run.trouble?.detail))
            """)
    }

    /// What somebody wants run before its time: the names are in `tasks`.
    func askForRun(
        of task: String, by person: String, at now: Timestamp
    ) async throws(StorageError) {
        try await execute(
            """
            INSERT INTO worker_requests (task, asked_at, asked_by)
            VALUES (\(task), \(now), \(person)) ON CONFLICT (task) DO NOTHING
            """)
    }
}

struct TaskNameRow: SQLRow {
    var task: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        task = try columns.next()
    }
}

extension Database {
    func askedTasks() async throws(StorageError) -> [String] {
        let found: [TaskNameRow] = try await rows("SELECT task FROM worker_requests ORDER BY task")
        return found.map(\.task)
    }
}
