import Observability

/// What a sealer counts.
struct SealerMetrics: Sendable {
    let sealed: Counter
    let late: Counter
    let failures: Counter
    let fileFailures: Counter
    /// One while the sealer refuses, else zero.
    let refused: Gauge

    init(_ registry: MetricsRegistry) {
        sealed = registry.counter("sluice_audit_sealed_total", help: "Audit rows sealed here.")
        late = registry.counter(
            "sluice_audit_late_total", help: "Audit rows sealed long after their time.")
        failures = registry.counter(
            "sluice_audit_seal_failures_total", help: "Attempts to seal that failed.")
        fileFailures = registry.counter(
            "sluice_audit_head_file_failures_total",
            help: "Attempts to keep the newest head that failed.")
        refused = registry.gauge(
            "sluice_audit_refused",
            help: "1 while the seals in the database are not those that were made.")
    }
}
