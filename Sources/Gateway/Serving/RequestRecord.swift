import HTTPTransport
import Identifiers

/// What becomes known about a request on its way, for its answer's fields, log line and figures.
struct RequestRecord: Sendable {
    /// As sent; empty where that is longer than any method.
    let method: String
    let context: RequestContext
    /// Nil until the router has found it, and for paths that lead nowhere.
    var route: Route?
    var customer: CustomerID?
    /// The name of the service that signed the call.
    var service: String?
    /// What the bucket said, and whose; nil where nothing is counted.
    var decision: LimitDecision?
    var policy = LimitPolicy.standard
    /// Why the transport would not have it.
    var refusal: TransportRefusal?

    init(_ request: HTTPRequest, _ context: RequestContext) {
        method = request.method.utf8.count <= RequestGuard.methodLimit ? request.method : ""
        self.context = context
    }
}
