import Determinism
import Observability
import Synchronization

/// One node's GraphQL service, and how it did lately.
final class NodeEndpoint: Sendable {
    private struct Record {
        var hasFailedLast = false
        var restsUntil = Deadline.distantPast
    }

    let url: String
    /// Host and port, for logs and metrics: a provider's key may stand in the rest of the URL.
    let name: String
    private let record = Mutex(Record())
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

    /// Asked last for now. Its rest ends by itself, which says nothing about how it does.
    var isResting: Bool { record.withLock { !$0.restsUntil.isPast } }

    /// Nothing is known against it: its last answer was usable, or it was never asked.
    var isHealthy: Bool { record.withLock { !$0.hasFailedLast } }

    func didAnswer(since start: Deadline) {
        answered.increment()
        duration.observe(nanoseconds: start.elapsedNanoseconds)
        health.set(1)
        record.withLock { $0 = Record() }
    }

    func didFail(since start: Deadline, restMilliseconds: Int64) {
        failed.increment()
        duration.observe(nanoseconds: start.elapsedNanoseconds)
        health.set(0)
        record.withLock {
            $0 = Record(
                hasFailedLast: true, restsUntil: .after(milliseconds: restMilliseconds))
        }
    }

    private static func hostAndPort(of url: String) -> String {
        let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")) ?? url.startIndex
        let authority = url[scheme...].drop { $0 == ":" || $0 == "/" }
            .prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.split(separator: "@").last ?? "")
    }
}
