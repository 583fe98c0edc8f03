import Determinism
import Observability

/// What is asked of one endpoint after the other.
struct NodeQuestion: Sendable {
    /// The GraphQL request, the same for each endpoint.
    let body: [UInt8]
    /// For all endpoints together.
    let deadline: Deadline
    let traceparent: String?
    /// Its lines name the trace.
    let logger: Logger
}
