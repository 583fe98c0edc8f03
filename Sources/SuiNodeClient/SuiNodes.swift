import Determinism
public import HTTPTransport
public import Observability
public import SuiProtocol

/// Asks trusted Sui nodes what only the chain's present state can tell.
///
/// Endpoints are asked in their order until one gives a usable answer. One that failed is asked
/// last for a while. Trust: a lying node can let anyone in, so each must be the operator's choice.
public struct SuiNodes: Sendable {
    private let endpoints: [NodeEndpoint]
    private let client: HTTPClient
    private let logger: Logger
    private let limits: SuiNodeLimits

    /// - Parameter endpoints: URLs of GraphQL services, the preferred one first. May be empty:
    ///   then every question is ``SuiNodeError/unavailable``.
    public init(
        endpoints: [String], client: HTTPClient, logger: Logger, metrics: MetricsRegistry,
        limits: SuiNodeLimits = SuiNodeLimits()
    ) {
        self.endpoints = endpoints.map { NodeEndpoint(url: $0, metrics: metrics) }
        self.client = client
        self.logger = logger
        self.limits = limits
    }

    public var isConfigured: Bool { !endpoints.isEmpty }

    /// False once every endpoint has failed when last asked, until one gives a usable answer.
    public var isHealthy: Bool { endpoints.contains(where: \.isHealthy) }

    /// Whether the signature holds now. Remember the answer, never ask it again later: a zkLogin
    /// signature dies with its epoch.
    ///
    /// - Parameters:
    ///   - signatureBase64: parsed before, so that nodes see only well-formed ones.
    ///   - traceparent: of the request that caused this, passed on as it is; log lines carry its
    ///     trace id.
    /// - Returns: false also where the node cannot read the signature.
    public func verifySignature(
        _ intent: Intent, signatureBase64: String, author: SuiAddress, traceparent: String? = nil
    ) async throws(SuiNodeError) -> Bool {
        let query = VerifySignatureQuery(
            intent, signatureBase64: signatureBase64, author: author)
        let question = NodeQuestion(
            body: query.requestBody, deadline: .after(milliseconds: limits.totalMilliseconds),
            traceparent: traceparent, logger: logger.with(traceparent: traceparent))
        for endpoint in endpointsInOrder {
            guard !question.deadline.isPast, !Task.isCancelled else { break }
            switch await ask(endpoint, question) {
            case .valid: return true
            case .invalid(let detail), .malformed(let detail):
                question.logger.debug(
                    "node refused a signature", ("endpoint", .text(endpoint.name)),
                    ("detail", .text(detail)))
                return false
            case .unusable: continue
            }
        }
        throw .unavailable
    }

    private var endpointsInOrder: [NodeEndpoint] {
        let resting = endpoints.map(\.isResting)
        let pairs = zip(endpoints, resting)
        return pairs.filter { !$0.1 }.map(\.0) + pairs.filter { $0.1 }.map(\.0)
    }

    private func ask(
        _ endpoint: NodeEndpoint, _ question: NodeQuestion
    ) async -> VerifySignatureAnswer {
        let start = Deadline.now
        let answer = await exchange(endpoint, question)
        guard case .unusable(let why) = answer else {
            endpoint.didAnswer(since: start)
            return answer
        }
        // Who asked has gone, which says nothing about the node.
        guard !Task.isCancelled else { return answer }
        endpoint.didFail(since: start, restMilliseconds: limits.restMilliseconds)
        question.logger.warning(
            "node gave no answer", ("endpoint", .text(endpoint.name)), ("why", .text(why)))
        return answer
    }

    private func exchange(
        _ endpoint: NodeEndpoint, _ question: NodeQuestion
    ) async -> VerifySignatureAnswer {
        var headers = [("Content-Type", "application/json"), ("Accept", "application/json")]
        if let traceparent = question.traceparent { headers.append(("traceparent", traceparent)) }
        let left = Int64(question.deadline.remainingMilliseconds)
        let request = HTTPClientRequest(
            method: "POST", url: endpoint.url, headers: headers, body: question.body,
            timeoutMilliseconds: min(limits.endpointMilliseconds, max(1, left)),
            answerLimit: limits.answerLimit)
        do throws(HTTPClientError) {
            return Self.read(try await client.send(request))
        } catch {
            return .unusable(why: "\(error)")
        }
    }

    /// A refusal also counts with 400, as some servers of GraphQL send it; a yes only with 200.
    private static func read(_ response: HTTPClientResponse) -> VerifySignatureAnswer {
        let answer = VerifySignatureAnswer(parsing: response.body)
        switch (response.status, answer) {
        case (200, _), (400, .invalid), (400, .malformed): return answer
        default: return .unusable(why: "status \(response.status)")
        }
    }
}
