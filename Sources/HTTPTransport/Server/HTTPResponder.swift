/// What stands behind a server. All calls come from the server's own threads, so what is done
/// in them directly must neither block nor take long.
public protocol HTTPResponder: Sendable {
    /// Decides on the head alone, before any of the body is read.
    func admit(_ head: HTTPRequest) -> HTTPAdmission

    /// Answers a whole request that was admitted.
    func respond(to request: HTTPRequest) -> HTTPReply

    /// The answer where the transport itself says no; its status should be `reason.status`.
    ///
    /// - Parameter head: as much as was read, without the body, and perhaps against every rule.
    ///   Where nothing was read, method and target are empty.
    func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse
}

/// Whether the body of a request is worth reading.
public enum HTTPAdmission: Sendable {
    /// - Parameter bodyLimit: bytes of the decoded body; one more is answered with 413.
    case accept(bodyLimit: Int)
    case refuse(HTTPResponse)
}

/// When the answer is there.
public enum HTTPReply: Sendable {
    case now(HTTPResponse)
    /// Runs in a task of its own while the connection rests. It must end by itself: what it
    /// waits for has deadlines, the transport has none for it but the one of ``HTTPServer/stop``.
    case later(@Sendable () async -> HTTPResponse)
}
