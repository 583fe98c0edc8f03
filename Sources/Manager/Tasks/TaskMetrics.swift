import Determinism
import Observability

/// What metrics tell of one task.
struct TaskMetrics: Sendable {
    let runs: Counter
    let failures: Counter
    let isFailing: Gauge
    let lastSuccess: Gauge
    let duration: Histogram

    init(_ metrics: MetricsRegistry, task: String) {
        let labels = [("task", task)]
        runs = metrics.counter(
            "sluice_task_runs_total", help: "Runs of a task of the manager.", labels: labels)
        failures = metrics.counter(
            "sluice_task_failures_total", help: "Runs of a task that failed.", labels: labels)
        isFailing = metrics.gauge(
            "sluice_task_failing", help: "1 while a task's last run failed or found something.",
            labels: labels)
        lastSuccess = metrics.gauge(
            "sluice_task_last_success_seconds",
            help: "When a task was last done, in seconds since 1970; 0 before it was.",
            labels: labels)
        duration = metrics.histogram(
            "sluice_task_seconds", help: "How long runs of a task took.", labels: labels)
    }

    /// - Parameter run: nil where none came to its end.
    func count(_ ending: TaskEnding, _ run: WorkerRun?, at now: Timestamp) {
        runs.increment()
        if ending.isFailure { failures.increment() }
        isFailing.set(ending.trouble == nil ? 0 : 1)
        if ending.isWell { lastSuccess.set(now.seconds) }
        if let run { duration.observe(nanoseconds: UInt64(run.busyMilliseconds) * 1_000_000) }
    }
}
