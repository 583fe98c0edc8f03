import ByteCodecs
import Storage

extension PageMaker {
    /// What the tasks did, and how long it took.
    func runs() async -> Page {
        var sections = [await taskTable()]
        for task in tasks { sections.append(await durations(of: task)) }
        sections.append(await recentRuns())
        return Page(
            title: "Runs",
            lead: "What the tasks of the leading manager did. A run can be brought forward.",
            sections: sections)
    }

    private func taskTable() async -> PageSection {
        let names = tasks.map(\.name)
        return await table(
            "tasks", "Tasks",
            note: "Of tasks that run every few seconds, runs that did nothing are not shown.",
            empty: "No task is configured.",
            [
                Column(id: "task", label: "Task"),
                Column(id: "interval", label: "Every", format: .duration),
                Column(id: "outcome", label: "Last run", format: .state),
                Column(id: "startedAt", label: "Began", format: .time),
                Column(id: "took", label: "Took", format: .duration),
                Column(id: "lastDoneAt", label: "Last done", format: .time),
                Column(id: "code", label: "Trouble"), Column(id: "detail", label: "In words"),
                Column(id: "askedBy", label: "Asked for by"),
            ],
            actions: [.init(label: "Run now", action: .runTask, field: "task", member: "task")],
            """
            SELECT t.task, t.interval, r.outcome, \(sql: .utc("r.started_at")) AS "startedAt",
                r.busy_milliseconds AS took, \(sql: .utc("d.ended_at")) AS "lastDoneAt",
                r.error_code AS code, r.error_detail AS detail, q.asked_by AS "askedBy"
              FROM unnest(\(names), \(tasks.map(\.intervalMilliseconds)))
                  WITH ORDINALITY AS t (task, interval, place)
              LEFT JOIN LATERAL (
                SELECT * FROM worker_runs AS r WHERE r.task = t.task
                 ORDER BY r.run_id DESC LIMIT 1) AS r ON true
              LEFT JOIN LATERAL (
                SELECT ended_at FROM worker_runs AS r
                 WHERE r.task = t.task AND r.outcome IN ('done', 'finding')
                 ORDER BY r.run_id DESC LIMIT 1) AS d ON true
              LEFT JOIN worker_requests AS q ON q.task = t.task
             ORDER BY t.place
            """)
    }

    private func durations(of task: ManagerTask) async -> PageSection {
        await chart(
            "duration_" + task.name, "How long \(task.name) took", unit: "ms",
            """
            SELECT to_char(started_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS') AS label,
                coalesce(busy_milliseconds / runs, 0) AS value,
                outcome IN ('failed', 'interrupted') AS "isBad"
              FROM (SELECT * FROM worker_runs WHERE task = \(task.name) AND outcome <> 'running'
                     ORDER BY run_id DESC LIMIT 60) AS r ORDER BY run_id
            """)
    }

    private func recentRuns() async -> PageSection {
        await table(
            "runs", "Recent runs", note: "Of tasks that run every few seconds, a row is a minute.",
            empty: "No task has run yet.",
            [
                Column(id: "task", label: "Task"),
                Column(id: "outcome", label: "Outcome", format: .state),
                Column(id: "startedAt", label: "Began", format: .time),
                Column(id: "runs", label: "Runs", format: .number),
                Column(id: "took", label: "Took", format: .duration),
                Column(id: "counts", label: "Did", format: .details),
                Column(id: "code", label: "Trouble"), Column(id: "askedBy", label: "Asked by"),
                Column(id: "holder", label: "Process"),
            ],
            limit: Self.newest,
            """
            SELECT run_id AS id, task, outcome, \(sql: .utc("started_at")) AS "startedAt", runs,
                busy_milliseconds AS took, counts, error_code AS code, asked_by AS "askedBy",
                holder
              FROM worker_runs ORDER BY run_id DESC LIMIT \(Self.newest)
            """)
    }
}
