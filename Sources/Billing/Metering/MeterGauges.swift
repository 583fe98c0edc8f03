import Determinism
import Observability

/// What waits to be metered, and what was.
struct MeterGauges: Sendable {
    private let batches: Gauge
    private let lines: Gauge
    private let age: Gauge
    private let metered: Counter

    init(_ metrics: MetricsRegistry) {
        batches = metrics.gauge(
            "sluice_meter_waiting_batches", help: "Batches of log lines that are not metered yet.")
        lines = metrics.gauge(
            "sluice_meter_waiting_lines", help: "Log lines that are not metered yet.")
        age = metrics.gauge(
            "sluice_meter_waiting_seconds",
            help: "How long ago the oldest batch came in that is not metered yet.")
        metered = metrics.counter(
            "sluice_meter_lines_total", help: "Log lines added to the sums by hour.")
    }

    func show(_ waiting: UnmeteredRow?, at now: Timestamp) {
        batches.set(waiting?.batches ?? 0)
        lines.set(waiting?.lines ?? 0)
        let since = waiting?.oldest.map { now.milliseconds - $0.milliseconds } ?? 0
        age.set(max(0, since / 1000))
    }

    func metered(_ summary: Meter.Summary) { metered.increment(by: summary.lines) }
}
