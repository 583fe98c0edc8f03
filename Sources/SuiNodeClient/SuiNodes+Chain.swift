import Determinism
public import SuiProtocol

/// What an endpoint told when it was looked at.
public struct NodeReport: Sendable {
    /// Host and port.
    public let endpoint: String
    public let wire: NodeAddress.Wire
    public let latencyMilliseconds: Int64
    public let outcome: Outcome

    public enum Outcome: Sendable {
        case stands(NodeStatus)
        /// - Parameters:
        ///   - chain: as the node names it.
        ///   - expected: the genesis digest that it ought to name.
        case wrongChain(chain: String, expected: String)
        /// - Parameter why: holds nothing the node said.
        case silent(why: String)
    }
}

extension SuiNodes {
    /// Looks at each endpoint, all at once, and sets its metrics. The order is the endpoints'.
    public func examine() async -> [NodeReport] {
        let question = question(attempts: 1)
        return await reports(question) { node, endpoint throws(NodeFault) in
            if let wrong = try await wrongChain(node, endpoint) { return wrong }
            return .stands(try await node.status())
        }
    }

    /// Endpoints of another network than the configured one, which nothing should start with, and
    /// those that do not answer within 3 s, whose network is checked when they do.
    public func checkChain() async -> [NodeReport] {
        let question = question(
            total: 3_000, each: 3_000, answerLimit: limits.answerLimit, attempts: 1,
            namesChain: true, mayBeRefused: false)
        return await reports(question) { node, endpoint throws(NodeFault) in
            try await wrongChain(node, endpoint)
        }
    }

    /// - Parameter look: nil where there is nothing to tell.
    private func reports(
        _ question: NodeQuestion,
        _ look:
            @escaping @Sendable (any NodeDialect, NodeEndpoint) async throws(NodeFault) ->
            NodeReport.Outcome?
    ) async -> [NodeReport] {
        let reports = try? await fanOut(endpoints, width: endpoints.count) {
            endpoint throws(NodeFault) in
            let start = Deadline.now
            var outcome: NodeReport.Outcome?
            do throws(NodeFault) {
                outcome = try await look(unchecked(endpoint, question), endpoint)
            } catch {
                outcome = .silent(why: error.why)
            }
            return outcome.map { outcome in
                NodeReport(
                    endpoint: endpoint.name, wire: endpoint.address.wire,
                    latencyMilliseconds: Int64(start.elapsedNanoseconds / 1_000_000),
                    outcome: outcome)
            }
        }
        return (reports ?? []).compactMap { $0 }
    }

    /// Nil where it is of the right network.
    private func wrongChain(
        _ node: any NodeDialect, _ endpoint: NodeEndpoint
    ) async throws(NodeFault) -> NodeReport.Outcome? {
        let named = try await node.chain()
        guard let chain else { return nil }
        let isRight = chain.isNamed(by: named)
        endpoint.didShowChain(
            isRight: isRight,
            forMilliseconds: isRight ? limits.chainMilliseconds : limits.restMilliseconds)
        return isRight
            ? nil
            : .wrongChain(chain: String(named.prefix(64)), expected: "\(chain.genesis)")
    }
}
