import Identifiers
import Observability

/// How far use went beyond what there was, when services were stopped.
struct OverspendGauges: Sendable {
    private let suspensions: Counter
    private let amount: Counter
    private let last: Gauge
    private let delay: Histogram

    init(_ metrics: MetricsRegistry) {
        suspensions = metrics.counter(
            "sluice_overspend_suspensions_total",
            help: "Services that were stopped because more was promised than there was.")
        amount = metrics.counter(
            "sluice_overspend_micro_usdc_total",
            help: "By how much more was promised than there was when services were stopped.")
        last = metrics.gauge(
            "sluice_overspend_last_micro_usdc",
            help: "By how much more was promised than there was at the last stop.")
        delay = metrics.histogram(
            "sluice_overspend_delay_seconds",
            help: "From when use came in that was too much to the stop of its service.")
    }

    /// - Parameter delay: nil where it was not new use that stopped the service.
    func suspended(short missing: MicroUSDC, afterMilliseconds delay: Int64?) {
        suspensions.increment()
        amount.increment(by: missing.units)
        last.set(missing.units)
        if let delay { self.delay.observe(nanoseconds: UInt64(max(0, delay)) * 1_000_000) }
    }
}
