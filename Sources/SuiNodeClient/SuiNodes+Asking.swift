import Determinism
import HTTPTransport
import Observability
import SuiProtocol

extension SuiNodes {
    /// A question that is answered in one go.
    func question(
        namesChain: Bool = true, mayBeRefused: Bool = false, attempts: Int? = nil,
        answerLimit: Int? = nil
    ) -> NodeQuestion {
        question(
            total: limits.totalMilliseconds, each: limits.endpointMilliseconds,
            answerLimit: answerLimit ?? limits.pageLimit, attempts: attempts ?? limits.attempts,
            namesChain: namesChain, mayBeRefused: mayBeRefused)
    }

    /// One that takes many answers.
    var reading: NodeQuestion {
        question(
            total: limits.readMilliseconds, each: limits.endpointMilliseconds,
            answerLimit: limits.pageLimit, attempts: limits.attempts, namesChain: true,
            mayBeRefused: false)
    }

    func question(
        total: Int64, each: Int64, answerLimit: Int, attempts: Int, namesChain: Bool,
        mayBeRefused: Bool
    ) -> NodeQuestion {
        NodeQuestion(
            deadline: .after(milliseconds: total), endpointMilliseconds: each,
            answerLimit: answerLimit, attempts: attempts, namesChain: namesChain,
            mayBeRefused: mayBeRefused, traceparent: traceparent,
            logger: logger.with(traceparent: traceparent))
    }

    /// The first usable answer. A refusal is one.
    func first<Answer: Sendable>(
        _ question: NodeQuestion,
        _ ask: @Sendable (any NodeDialect) async throws(NodeFault) -> Answer
    ) async throws(SuiNodeError) -> Answer {
        var faults: [NodeFault] = []
        for endpoint in endpointsInOrder {
            guard !question.deadline.isPast, !Task.isCancelled else {
                faults.append(.late)
                break
            }
            do throws(NodeFault) {
                return try await ask(try await dialect(endpoint, question))
            } catch {
                faults.append(error)
                if case .refused = error { break }
            }
        }
        throw SuiNodeError(faults)
    }

    /// An endpoint of the right network.
    func dialect(
        _ endpoint: NodeEndpoint, _ question: NodeQuestion
    ) async throws(NodeFault) -> any NodeDialect {
        guard !endpoint.isClosed else { throw .notSent(why: "left alone") }
        let dialect = unchecked(endpoint, question)
        guard chain != nil else { return dialect }
        switch endpoint.isOfRightChain {
        case true?: return dialect
        case false?: throw .wrongChain
        case nil where question.namesChain && endpoint.address.wire == .graphQL: return dialect
        case nil:
            let named = try await dialect.chain()
            try line(to: endpoint, question).judge(chain: named)
            return dialect
        }
    }

    /// Whatever its network.
    func unchecked(_ endpoint: NodeEndpoint, _ question: NodeQuestion) -> any NodeDialect {
        let line = line(to: endpoint, question)
        switch endpoint.address.wire {
        case .graphQL: return GraphQLDialect(line: line)
        case .jsonRPC: return JSONRPCDialect(line: line)
        }
    }

    private func line(to endpoint: NodeEndpoint, _ question: NodeQuestion) -> NodeLine {
        NodeLine(
            endpoint: endpoint, client: client, question: question,
            backoff: NodeBackoff(limits: limits, surroundings: surroundings), chain: chain)
    }

    var endpointsInOrder: [NodeEndpoint] {
        let pairs = endpoints.map { ($0, isLast: $0.isResting || $0.isOfRightChain == false) }
        return pairs.filter { !$0.isLast }.map(\.0) + pairs.filter(\.isLast).map(\.0)
    }
}
