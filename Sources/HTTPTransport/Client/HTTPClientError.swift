/// Why a request of ours got no answer.
///
/// Unless a case says otherwise the other side may have received and carried out the request.
public enum HTTPClientError: Error, Hashable, Sendable {
    /// The URL does not parse, or is neither `http` nor `https`. Nothing was sent.
    case malformedURL
    /// A header of ours has a line break or a NUL in it. Nothing was sent.
    case malformedHeader(name: String)
    /// The name does not resolve. Nothing was sent.
    case nameNotResolved
    /// Nobody listens there, or the way there is shut. Nothing was sent.
    case connectionFailed
    /// The certificate was refused or no common cipher found. Nothing was sent.
    case tls
    /// Connecting or the whole exchange took longer than allowed.
    case timeout
    /// The connection ended before the answer did.
    case connectionLost
    /// The answer's head or body passed the limit and was thrown away.
    case answerTooLarge(limit: Int)
    /// What came back is no HTTP.
    case malformedAnswer
    /// The task that asked was cancelled.
    case cancelled
    /// The client is closed. Nothing was sent.
    case closed
    /// The library failed in a way that fits nothing above; its number is in `curl.h`.
    case failed(code: Int32)
}
