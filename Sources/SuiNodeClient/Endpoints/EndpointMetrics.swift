import Determinism
import Observability
import SuiProtocol

/// What is measured of one endpoint.
struct EndpointMetrics: Sendable {
    private let answered: Counter
    private let failed: Counter
    private let duration: Histogram
    private let health: Gauge
    private let tip: Gauge
    private let indexed: Gauge
    private let age: Gauge

    init(endpoint name: String, wire: NodeAddress.Wire, registry: MetricsRegistry) {
        let labels = [("endpoint", name), ("wire", wire.rawValue)]
        let requests = { (outcome: String) in
            registry.counter(
                "sluice_node_requests_total", help: "Questions put to a Sui node.",
                labels: labels + [("outcome", outcome)])
        }
        answered = requests("answered")
        failed = requests("failed")
        duration = registry.histogram(
            "sluice_node_request_seconds", help: "Time of one question to a Sui node.",
            labels: labels)
        health = registry.gauge(
            "sluice_node_endpoint_healthy", help: "1 while the last answer was usable.",
            labels: labels)
        tip = registry.gauge(
            "sluice_node_tip", help: "The newest checkpoint a Sui node has told of.",
            labels: labels)
        indexed = registry.gauge(
            "sluice_node_indexed", help: "The last checkpoint a Sui node can list.",
            labels: labels)
        age = registry.gauge(
            "sluice_node_lag_seconds", help: "Age of a Sui node's newest checkpoint when told.",
            labels: labels)
        health.set(1)
    }

    func didAnswer(in nanoseconds: UInt64) {
        answered.increment()
        duration.observe(nanoseconds: nanoseconds)
        health.set(1)
    }

    func didFail(in nanoseconds: UInt64) {
        failed.increment()
        duration.observe(nanoseconds: nanoseconds)
        health.set(0)
    }

    func isUnwell() {
        health.set(0)
    }

    func stands(at status: NodeStatus, now: Timestamp) {
        tip.set(status.tip)
        indexed.set(status.indexed)
        age.set(max(0, now.milliseconds - status.tipAt.milliseconds) / 1000)
    }
}
