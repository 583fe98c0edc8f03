import Observability

/// What the engine tells of itself.
struct EngineMetrics: Sendable {
    let isArmed: Gauge
    let freeLanes: Gauge
    let busyLanes: Gauge
    let walletMist: Gauge
    let missingMist: Gauge
    let float: Gauge
    let missingFloat: Gauge
    let hiddenFloat: Gauge
    let aboveSingleCap: Gauge
    let aboveHourCap: Gauge
    let suspended: Gauge
    let stuck: Gauge
    let failures: Gauge
    let liveBatches: Gauge
    let operations: Counter
    let turn: Histogram
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        isArmed = registry.gauge(
            "sluice_engine_armed", help: "1 where charges may be signed, 0 where not.")
        let lanes = "Gas coins that can pay for a transaction, by whether one has them."
        freeLanes = registry.gauge("sluice_engine_lanes", help: lanes, labels: [("state", "free")])
        busyLanes = registry.gauge("sluice_engine_lanes", help: lanes, labels: [("state", "busy")])
        walletMist = registry.gauge(
            "sluice_engine_wallet_mist", help: "SUI of the charger as booked, in MIST.")
        missingMist = registry.gauge(
            "sluice_engine_wallet_missing_mist",
            help: "SUI to send to the charger so that all lanes can be filled, in MIST.")
        float = registry.gauge(
            "sluice_engine_float_micro_usdc", help: "USDC of the charger for refunds.")
        missingFloat = registry.gauge(
            "sluice_engine_float_missing_micro_usdc",
            help: "USDC to send to the charger so that the waiting refunds can be paid.")
        hiddenFloat = registry.gauge(
            "sluice_engine_float_hidden_micro_usdc",
            help: "USDC of the charger that waiting refunds need and that small coins hide.")
        let held = "Charges that a cap keeps back."
        aboveSingleCap = registry.gauge(
            "sluice_engine_held_charges", help: held, labels: [("cap", "single")])
        aboveHourCap = registry.gauge(
            "sluice_engine_held_charges", help: held, labels: [("cap", "hour")])
        suspended = registry.gauge(
            "sluice_engine_suspended_operations",
            help: "Operations that could not be built or stored and are tried again later.")
        stuck = registry.gauge(
            "sluice_engine_stuck_operations",
            help: "Planned operations that are refused whenever they are to be signed.")
        failures = registry.gauge(
            "sluice_engine_failures_in_a_row", help: "Transactions that failed since one ran.")
        liveBatches = registry.gauge(
            "sluice_engine_live_batches", help: "Signed transactions that may still run.")
        operations = registry.counter(
            "sluice_engine_operations_signed_total", help: "Operations signed for the first time.")
        turn = registry.histogram(
            "sluice_engine_turn_seconds", help: "Time of one turn of the engine.")
    }

    func signed(_ purpose: String, again: Bool) {
        registry.counter(
            "sluice_engine_signatures_total", help: "Transactions signed.",
            labels: [("purpose", purpose), ("build", again ? "again" : "first")]
        ).increment()
    }

    func stepFailed() {
        registry.counter(
            "sluice_engine_refused_steps_total",
            help: "Steps of the engine that the database refused, others going on."
        ).increment()
    }

    func sent(_ outcome: String) {
        registry.counter(
            "sluice_engine_sends_total", help: "Transactions sent, by what came back.",
            labels: [("outcome", outcome)]
        ).increment()
    }
}
