/// Milliseconds; nil for what did not happen. Source: HAProxy 2.6, configuration manual, 8.4.
public struct RequestTimes: Hashable, Sendable {
    /// Until the request's head was whole (`%TR`).
    public let request: Int64?
    /// Waiting for the service (`%Tw`).
    public let queue: Int64?
    /// Connecting to it (`%Tc`).
    public let connect: Int64?
    /// Until its answer's head was whole (`%Tr`).
    public let response: Int64?
    /// From the request's first byte to the answer's last (`%Ta`).
    public let active: Int64?
}
