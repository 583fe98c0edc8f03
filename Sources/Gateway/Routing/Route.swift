import Authentication
import HTTPTransport

/// A call: what is said of it and what it does. A class, so that the router hands out one
/// reference for each request instead of copying all those words.
final class Route: Sendable {
    /// What a call does once everything its description demands has been checked. Those that are
    /// `now` do no input or output and answer on the transport's own thread.
    enum Handler: Sendable {
        case now(@Sendable (Call) throws(Problem) -> HTTPResponse)
        case later(@Sendable (Call) async throws(Problem) -> HTTPResponse)
        case signedInNow(@Sendable (Call, AccessClaims) throws(Problem) -> HTTPResponse)
        case signedInLater(@Sendable (Call, AccessClaims) async throws(Problem) -> HTTPResponse)
        case service(@Sendable (Call, ServiceCaller) async throws(Problem) -> HTTPResponse)
    }

    /// Told of what was refused before the handler ran, and of whose it was.
    typealias Recorder = @Sendable (Problem, CallerContext) async -> Void

    let description: RouteDescription
    let handler: Handler
    /// Comes before the refusal's answer.
    let recorder: Recorder?
    /// Method and path as metrics and log lines name them.
    let name: String

    init(
        _ description: RouteDescription, _ handler: Handler, recorder: Recorder? = nil
    ) {
        self.description = description
        self.handler = handler
        self.recorder = recorder
        name = description.path.text
    }
}
