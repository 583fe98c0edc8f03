import Observability

/// What a server counts. Requests as such are counted by route, where routes are known.
struct ServerMetrics: Sendable {
    private let registry: MetricsRegistry
    let connections: Gauge
    let inFlight: Gauge

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        connections = registry.gauge("sluice_http_connections", help: "Open client connections.")
        inFlight = registry.gauge(
            "sluice_http_requests_in_flight", help: "Requests read whose answer is not yet sent.")
    }

    func refused(_ reason: TransportRefusal) { refused(reason.name) }

    /// In words of the parser's own: what it cannot read or hold is shown to nobody else.
    func refusedByParser() { refused("parser") }

    private func refused(_ reason: String) {
        registry.counter(
            "sluice_http_refusals_total", help: "Requests refused before any route saw them.",
            labels: [("reason", reason)]
        ).increment()
    }

    func closedSlow(_ phase: ConnectionRecord.Phase) {
        registry.counter(
            "sluice_http_slow_connections_total",
            help: "Connections closed because a phase of theirs took too long.",
            labels: [("phase", "\(phase)")]
        ).increment()
    }
}
