import Determinism
import Observability
import Synchronization

/// One node's GraphQL service, and how it did lately.
final class NodeEndpoint: Sendable {
    let url: String
    /// Host and port, for logs and metrics: a provider's key may stand in the rest of the URL.
    let name: String
    private let restsUntil = Mutex(Deadline.distantPast)
    private let answered: Counter
    private let failed: Counter
    private let duration: Histogram
    private let health: Gauge

    init(url: String, metrics: MetricsRegistry) {
        self.url = url
        name = Self.hostAndPort(of: url)
        let requests = { (outcome: String, name: String) in
            metrics.counter(
                "sluice_node_requests_total", help: "Questions put to a Sui node.",
                labels: [("endpoint", name), ("outcome", outcome)])
        }
        answered = requests("answered", name)
        failed = requests("failed", name)
        duration = metrics.histogram(
            "sluice_node_request_seconds", help: "Time of one question to a Sui node.",
            labels: [("endpoint", name)])
        health = metrics.gauge(
            "sluice_node_endpoint_healthy", help: "1 while the last answer was usable.",
            labels: [("endpoint", name)])
        health.set(1)
    }

    var isResting: Bool { restsUntil.withLock { !$0.isPast } }

    func didAnswer(since start: Deadline) {
        answered.increment()
        duration.observe(nanoseconds: start.elapsedNanoseconds)
        health.set(1)
        restsUntil.withLock { $0 = .distantPast }
    }

    func didFail(since start: Deadline, restMilliseconds: Int64) {
        failed.increment()
        duration.observe(nanoseconds: start.elapsedNanoseconds)
        health.set(0)
        restsUntil.withLock { $0 = .after(milliseconds: restMilliseconds) }
    }

    private static func hostAndPort(of url: String) -> String {
        let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")) ?? url.startIndex
        let authority = url[scheme...].drop { $0 == ":" || $0 == "/" }
            .prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.split(separator: "@").last ?? "")
    }
}
