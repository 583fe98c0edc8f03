import Authentication
import Determinism
import HTTPTransport

/// What is known about a request before anything in it is believed. A class, so that what happens
/// to a request hands on one reference instead of copying all this.
final class RequestContext: Sendable {
    let id: String
    let trace: TraceParent
    /// Nil only in tests.
    let client: IPAddress?
    /// What counts as one client where limits are concerned.
    let network: IPNetwork?
    let origin: OriginRule.Standing
    let started: Deadline

    init(
        id: String, trace: TraceParent, client: IPAddress?, origin: OriginRule.Standing,
        started: Deadline
    ) {
        self.id = id
        self.trace = trace
        self.client = client
        network = client?.subscriberNetwork
        self.origin = origin
        self.started = started
    }
}
