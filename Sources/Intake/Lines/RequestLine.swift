public import Determinism
public import Identifiers

/// One request that HAProxy answered, as its log tells it. Whose it was is looked up from the
/// key's hash; a line cannot say it.
public struct RequestLine: Hashable, Sendable {
    /// When it was answered. HAProxy writes the line then, so lines come nearly in order.
    public let time: Timestamp
    public let id: LineID
    /// Letters, digits, `-` and `_`, at most 64; `frontend` likewise.
    public let edge: String
    public let frontend: String
    public let start: HAProxyStart
    /// HAProxy's count of the frontend's lines before this one, modulo 2³².
    public let number: UInt32
    /// Nil where no key was sent, or several.
    public let key: APIKeyHash?
    /// Nil where the request could not be read at all.
    public let service: String?
    /// At most 16 characters of it, of those that a method may have; nil as `service`.
    public let method: String?
    /// Nil where nothing was answered.
    public let status: Int?
    /// With heads; at most 2⁵⁰.
    public let bytesIn: Int64
    public let bytesOut: Int64
    public let times: RequestTimes

    public var identity: LineIdentity { LineIdentity(time: time, edge: edge, id: id) }

    /// Whether it is a request that costs: 2xx and 3xx.
    public var isSuccessful: Bool { status.map { (200...399).contains($0) } ?? false }
}
