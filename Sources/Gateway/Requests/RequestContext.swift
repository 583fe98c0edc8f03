import Authentication
import Determinism
import HTTPTransport

/// What is known about a request before anything in it is believed.
struct RequestContext: Sendable {
    let id: String
    let trace: TraceParent
    /// Nil only in tests.
    let client: IPAddress?
    /// What counts as one client where limits are concerned.
    let network: IPNetwork?
    let origin: OriginRule.Standing
    let started: Deadline
}
