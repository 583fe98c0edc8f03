import Determinism
import Observability
import SuiProtocol
import Synchronization

/// One node's service, and how it did lately.
final class NodeEndpoint: Sendable {
    private struct Record {
        /// In a row.
        var failures = 0
        var restsUntil = Deadline.distantPast
        /// It said itself when it may be asked again.
        var isClosedUntil = Deadline.distantPast
        var chain = ChainFinding.unknown
    }

    /// Whether it is of the network that is meant.
    enum ChainFinding {
        case unknown
        case right(until: Deadline)
        case wrong(until: Deadline)
    }

    let address: NodeAddress
    /// Host and port, for logs and metrics: a provider's key may stand in the rest of the URL.
    let name: String
    let metrics: EndpointMetrics
    private let record = Mutex(Record())

    init(_ address: NodeAddress, metrics: MetricsRegistry) {
        self.address = address
        name = Self.hostAndPort(of: address.url)
        self.metrics = EndpointMetrics(endpoint: name, wire: address.wire, registry: metrics)
    }

    /// Asked last until its rest ends, by itself, which says nothing about how it does.
    var isResting: Bool { record.withLock { !$0.restsUntil.isPast } }

    /// Not to be asked before the time that it named.
    var isClosed: Bool { record.withLock { !$0.isClosedUntil.isPast } }

    /// Nothing is known against it: its last answer was usable, or it was never asked.
    var isHealthy: Bool {
        record.withLock {
            if case .wrong = $0.chain { return false }
            return $0.failures == 0
        }
    }

    func didAnswer(since start: Deadline) {
        metrics.didAnswer(in: start.elapsedNanoseconds)
        record.withLock {
            $0.failures = 0
            $0.restsUntil = .distantPast
        }
    }

    /// What stands behind the name may be another one from now on, so its chain is asked again.
    ///
    /// - Parameter closed: for how long it wants to be left alone.
    func didFail(since start: Deadline, _ backoff: NodeBackoff, closedMilliseconds closed: Int64?) {
        metrics.didFail(in: start.elapsedNanoseconds)
        record.withLock {
            $0.failures += 1
            $0.restsUntil = .after(milliseconds: backoff.restMilliseconds(failures: $0.failures))
            if let closed { $0.isClosedUntil = .after(milliseconds: closed) }
            if case .right = $0.chain { $0.chain = .unknown }
        }
    }

    // MARK: - Chain

    /// Nil where it has to be asked.
    var isOfRightChain: Bool? {
        record.withLock {
            switch $0.chain {
            case .right(let until) where !until.isPast: true
            case .wrong(let until) where !until.isPast: false
            default: nil
            }
        }
    }

    /// - Parameter milliseconds: for how long that is taken as known.
    func didShowChain(isRight: Bool, forMilliseconds milliseconds: Int64) {
        let until = Deadline.after(milliseconds: milliseconds)
        record.withLock { $0.chain = isRight ? .right(until: until) : .wrong(until: until) }
        if !isRight { metrics.isUnwell() }
    }

    private static func hostAndPort(of url: String) -> String {
        let scheme = url.utf8.firstIndex(of: UInt8(ascii: ":")) ?? url.startIndex
        let authority = url[scheme...].drop { $0 == ":" || $0 == "/" }
            .prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return String(authority.split(separator: "@").last ?? "")
    }
}
