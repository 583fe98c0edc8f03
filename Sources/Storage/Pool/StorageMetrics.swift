import Observability

/// What the pool tells about itself. Same names, same metrics: two pools of a process add up.
struct StorageMetrics: Sendable {
    let poolSize: Gauge
    let inUse: Gauge
    let queued: Gauge
    let queueWait: Histogram
    let duration: Histogram
    let connects: Counter
    private let errors: [String: Counter]

    init(_ registry: MetricsRegistry, pool: String) {
        let labels = [("pool", pool)]
        poolSize = registry.gauge(
            "sluice_database_pool_size", help: "Connections at most.", labels: labels)
        inUse = registry.gauge(
            "sluice_database_pool_in_use", help: "Connections at work.", labels: labels)
        queued = registry.gauge(
            "sluice_database_queued", help: "Statements waiting for a connection.",
            labels: labels)
        queueWait = registry.histogram(
            "sluice_database_queue_wait_seconds", help: "Time until a connection was free.",
            labels: labels)
        duration = registry.histogram(
            "sluice_database_statement_seconds", help: "Time of one statement at the server.",
            labels: labels)
        connects = registry.counter(
            "sluice_database_connects_total", help: "Connections opened.", labels: labels)
        var errors: [String: Counter] = [:]
        for kind in StorageError.kinds {
            errors[kind] = registry.counter(
                "sluice_database_errors_total", help: "Statements that failed, by kind.",
                labels: labels + [("kind", kind)])
        }
        self.errors = errors
    }

    func count(_ error: StorageError) {
        errors[error.kind]?.increment()
    }
}

extension StorageError {
    static let kinds = [
        "unavailable", "connection_lost", "constraint", "serialization", "rejected",
        "unexpected_value",
    ]

    var kind: String {
        switch self {
        case .unavailable: "unavailable"
        case .connectionLost: "connection_lost"
        case .constraintViolated: "constraint"
        case .serialization: "serialization"
        case .rejected: "rejected"
        case .unexpectedValue: "unexpected_value"
        }
    }
}
