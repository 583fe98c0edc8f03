import Observability
import Synchronization

/// What a server's threads share.
final class ServerCore: Sendable {
    let configuration: HTTPServerConfiguration
    let responder: any HTTPResponder
    let logger: Logger
    let metrics: ServerMetrics
    let connections = ConnectionTable()
    let pending = PendingReplies()
    /// Requests whose head is whole and whose answer is not yet sent.
    let inFlight = Atomic<Int>(0)
    /// Requests so far.
    let begun = Atomic<Int>(0)
    /// As configured, or fewer where the system gives this process fewer descriptors.
    let connectionLimit: Atomic<Int>
    let isDraining = Atomic<Bool>(false)
    let isStopped = Atomic<Bool>(false)

    init(
        _ configuration: HTTPServerConfiguration, responder: any HTTPResponder, logger: Logger,
        metrics: MetricsRegistry
    ) {
        self.configuration = configuration
        connectionLimit = Atomic(configuration.connectionLimit)
        self.responder = responder
        self.logger = logger
        self.metrics = ServerMetrics(metrics)
    }

    func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        metrics.refused(reason)
        return responder.refusal(reason, of: head)
    }
}
