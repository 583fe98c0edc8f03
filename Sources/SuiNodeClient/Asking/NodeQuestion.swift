import Determinism
import Observability

/// What holds for one call, whichever endpoints it is put to.
struct NodeQuestion: Sendable {
    /// For all endpoints together.
    let deadline: Deadline
    /// For one answer.
    let endpointMilliseconds: Int64
    let answerLimit: Int
    /// How often the same is asked of an endpoint.
    let attempts: Int
    /// Each answer in GraphQL names its network by itself.
    let namesChain: Bool
    /// A refusal is an answer; otherwise it is a fault of the node.
    let mayBeRefused: Bool
    let traceparent: String?
    /// Its lines name the trace.
    let logger: Logger
}
