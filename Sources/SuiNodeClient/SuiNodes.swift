public import Determinism
public import HTTPTransport
public import Observability
public import SuiProtocol

/// Asks trusted Sui nodes, in whichever wire format each of them speaks.
///
/// Endpoints are asked in their order until one gives a usable answer. One that failed is asked
/// last for a while, one of another network never. Trust: a lying node can let anyone in, so each
/// must be the operator's choice.
public struct SuiNodes: SuiNode {
    let endpoints: [NodeEndpoint]
    let chain: ChainIdentifier?
    let client: HTTPClient
    let surroundings: Surroundings
    let logger: Logger
    let limits: SuiNodeLimits
    var traceparent: String?

    /// - Parameters:
    ///   - endpoints: the preferred one first. May be empty: then every question is
    ///     ``SuiNodeError/unavailable``.
    ///   - chain: the network that each has to be of; nil where it is made anew at will and none
    ///     is configured.
    public init(
        _ endpoints: [NodeAddress], chain: ChainIdentifier?, client: HTTPClient,
        surroundings: Surroundings, logger: Logger, metrics: MetricsRegistry,
        limits: SuiNodeLimits = SuiNodeLimits()
    ) {
        self.endpoints = endpoints.map { NodeEndpoint($0, metrics: metrics) }
        self.chain = chain
        self.client = client
        self.surroundings = surroundings
        self.logger = logger
        self.limits = limits
    }

    public var isConfigured: Bool { !endpoints.isEmpty }

    /// False once every endpoint has failed when last asked, until one gives a usable answer.
    public var isHealthy: Bool { endpoints.contains(where: \.isHealthy) }

    public func tracing(_ traceparent: String?) -> any SuiNode {
        var traced = self
        traced.traceparent = traceparent
        return traced
    }
}
