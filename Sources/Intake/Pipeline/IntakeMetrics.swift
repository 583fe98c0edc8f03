public import Observability

/// What the intake tells about itself.
public final class IntakeMetrics: Sendable {
    let connections: Gauge
    let connectionsRefused: Counter
    let received: Counter
    let stored: Counter
    let duplicates: Counter
    let quarantined: Counter
    let unsampled: Counter
    let batches: Counter
    let failedCommits: Counter
    let waiting: Gauge
    let blocked: Gauge
    let spoolBytes: Gauge
    let spoolSegments: Gauge
    let spoolRefusals: Counter
    let spoolDamaged: Counter
    let spoolDamagedBytes: Gauge
    let spooled: Counter
    let lost: Gauge
    let storeTime: Histogram
    private let registry: MetricsRegistry

    public init(_ registry: MetricsRegistry) {
        self.registry = registry
        func counter(_ name: String, _ help: String) -> Counter {
            registry.counter("sluice_intake_" + name, help: help)
        }
        func gauge(_ name: String, _ help: String) -> Gauge {
            registry.gauge("sluice_intake_" + name, help: help)
        }
        connections = gauge("connections", "Open connections that bring lines.")
        connectionsRefused = counter(
            "connections_refused_total", "Connections ended: too many, or without what they need.")
        received = counter("lines_received_total", "Lines taken for storing.")
        stored = counter("lines_stored_total", "Lines stored now and not before.")
        duplicates = counter("lines_duplicate_total", "Lines that had been stored before.")
        quarantined = counter("quarantined_total", "Messages kept in the quarantine.")
        unsampled = counter(
            "quarantine_unsampled_total", "Messages refused beyond what is kept of their kind.")
        batches = counter("batches_total", "Batches stored.")
        failedCommits = counter("batch_failures_total", "Attempts to store a batch that failed.")
        waiting = gauge("lines_waiting", "Lines in memory that are not yet stored or spooled.")
        blocked = gauge("readers_blocked", "Readers that wait until there is room again.")
        spoolBytes = gauge("spool_bytes", "Bytes in the spool.")
        spoolSegments = gauge("spool_segments", "Batches in the spool.")
        spoolRefusals = counter("spool_full_total", "Batches the spool had no room for.")
        spoolDamaged = counter("spool_damaged_total", "Segments of the spool with a damaged part.")
        spoolDamagedBytes = gauge(
            "spool_damaged_bytes", "Bytes of damaged segments kept beside the others.")
        spooled = counter("lines_spooled_total", "Lines written to the spool.")
        lost = gauge("lines_lost", "Lines missing in the window that was stored to last.")
        storeTime = registry.histogram(
            "sluice_intake_store_seconds", help: "Time to store one batch.")
    }

    func refused(_ code: String) {
        registry.counter(
            "sluice_intake_refused_total", help: "Messages that are no line that counts, by code.",
            labels: [("code", code)]
        ).increment()
    }
}
