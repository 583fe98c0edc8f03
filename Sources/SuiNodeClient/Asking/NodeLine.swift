import Determinism
import HTTPTransport
import Observability
import SuiProtocol

/// One call's way to one endpoint: bytes there and back, within the call's limits.
struct NodeLine: Sendable {
    let endpoint: NodeEndpoint
    let client: HTTPClient
    let question: NodeQuestion
    let backoff: NodeBackoff
    /// The network that is meant; nil where none is configured.
    let chain: ChainIdentifier?

    var limits: SuiNodeLimits { backoff.limits }

    /// Asks until there is an answer, a few times where the fault may pass.
    func ask<Message: NodeMessage>(
        _ message: Message
    ) async throws(NodeFault) -> Message.Answer {
        var attempt = 1
        while true {
            do throws(NodeFault) {
                return try await askOnce(message)
            } catch {
                guard attempt < question.attempts, let pause = pause(after: error, attempt),
                    pause < question.deadline.remainingMilliseconds
                else { throw error }
                try? await Task.sleep(for: .milliseconds(pause))
                guard !Task.isCancelled else { throw .cancelled }
                attempt += 1
            }
        }
    }

    /// As above; what another network says is no answer.
    func ask<Query: GraphQLQuery>(_ query: Query) async throws(NodeFault) -> Query.Value {
        let answer: ChainAnswer<Query.Value> = try await ask(query)
        try judge(chain: answer.chain)
        return answer.value
    }

    /// - Throws: ``NodeFault/wrongChain``.
    func judge(chain named: String) throws(NodeFault) {
        guard let chain else { return }
        let isRight = chain.isNamed(by: named)
        let wait = isRight ? limits.chainMilliseconds : limits.restMilliseconds
        endpoint.didShowChain(isRight: isRight, forMilliseconds: wait)
        guard !isRight else { return }
        question.logger.error(
            "node serves another network", ("endpoint", .text(endpoint.name)),
            ("chain", .text(String(named.prefix(64)))), ("expected", .text("\(chain.genesis)")))
        throw .wrongChain
    }

    /// Notes that answers, each good by itself, do not go together.
    func distrust(_ why: String) -> NodeFault {
        let fault = NodeFault.unusable(why: why)
        note(fault, since: .now)
        return fault
    }

    func distrust(_ fault: NodeAnswerFault) -> NodeFault {
        switch fault {
        case .refused: NodeFault(fault)
        case .unusable(let why): distrust(why)
        }
    }

    private func pause(after fault: NodeFault, _ attempt: Int) -> Int64? {
        switch fault {
        case .unusable, .notSent: backoff.pauseMilliseconds(attempt: attempt)
        case .closed(let milliseconds): milliseconds <= Self.patience ? milliseconds : nil
        default: nil
        }
    }

    /// Milliseconds that are waited where an endpoint wants to be left alone for a while.
    private static let patience: Int64 = 2_000
    /// Beyond that nobody is taken at their word.
    private static let longestRetryAfter: Int64 = 300

    private func askOnce<Message: NodeMessage>(
        _ message: Message
    ) async throws(NodeFault) -> Message.Answer {
        let start = Deadline.now
        do throws(NodeFault) {
            let answer = try read(try await send(message.requestBody), of: message)
            endpoint.didAnswer(since: start)
            return answer
        } catch {
            note(error, since: start)
            throw error
        }
    }

    private func send(_ body: [UInt8]) async throws(NodeFault) -> HTTPClientResponse {
        var headers = [("Content-Type", "application/json"), ("Accept", "application/json")]
        if let traceparent = question.traceparent { headers.append(("traceparent", traceparent)) }
        let left = Int64(question.deadline.remainingMilliseconds)
        let request = HTTPClientRequest(
            method: "POST", url: endpoint.address.url, headers: headers, body: body,
            timeoutMilliseconds: min(question.endpointMilliseconds, max(1, left)),
            answerLimit: question.answerLimit)
        do throws(HTTPClientError) {
            return try await client.send(request)
        } catch {
            throw Task.isCancelled ? .cancelled : NodeFault(error)
        }
    }

    /// A refusal also counts with 400, as some servers send it; anything else only with 200.
    private func read<Message: NodeMessage>(
        _ response: HTTPClientResponse, of message: Message
    ) throws(NodeFault) -> Message.Answer {
        guard [200, 400].contains(response.status) else {
            if let seconds = response.headers.first("Retry-After").flatMap({ Int64($0) }),
                seconds >= 0
            {
                throw .closed(milliseconds: min(seconds, Self.longestRetryAfter) * 1000)
            }
            throw .unusable(why: "status \(response.status)")
        }
        do throws(NodeAnswerFault) {
            let answer = try message.answer(in: response.body)
            guard response.status == 200 else { throw .unusable("status \(response.status)") }
            return answer
        } catch {
            guard case .refused = error, !question.mayBeRefused else { throw NodeFault(error) }
            throw .unusable(why: "a refusal")
        }
    }

    private func note(_ fault: NodeFault, since start: Deadline) {
        switch fault {
        case .cancelled: return
        case .refused: return endpoint.didAnswer(since: start)
        case .closed(let milliseconds):
            endpoint.didFail(since: start, backoff, closedMilliseconds: milliseconds)
        default: endpoint.didFail(since: start, backoff, closedMilliseconds: nil)
        }
        question.logger.warning(
            "node gave no answer", ("endpoint", .text(endpoint.name)), ("why", .text(fault.why)))
    }
}
