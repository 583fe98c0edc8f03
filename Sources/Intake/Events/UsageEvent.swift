public import Determinism
public import Identifiers

/// One request that was served, as an edge tells it that has no HAProxy's log of ours.
public struct UsageEvent: Hashable, Sendable {
    /// When it was answered.
    public let time: Timestamp
    public let customer: CustomerID
    public let service: String
    public let method: String
    public let status: Int
    public let bytesIn: Int64
    public let bytesOut: Int64
    public let durationMilliseconds: Int64

    /// - Returns: nil for what no request can have been: the bounds are those of a log line.
    public init?(
        time: Timestamp, customer: CustomerID, service: String, method: String, status: Int64,
        bytesIn: Int64, bytesOut: Int64, durationMilliseconds: Int64
    ) {
        guard (1...32).contains(service.utf8.count), (1...16).contains(method.utf8.count),
            method.utf8.allSatisfy(isToken), (100...599).contains(status),
            (0...RequestLine.mostBytes).contains(bytesIn),
            (0...RequestLine.mostBytes).contains(bytesOut),
            (0...Int64(Int32.max)).contains(durationMilliseconds)
        else { return nil }
        self.time = time
        self.customer = customer
        self.service = service
        self.method = method
        self.status = Int(status)
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.durationMilliseconds = durationMilliseconds
    }
}

/// An event as it was sent: by its id, which its sender chose.
public struct SentEvent: Sendable {
    /// 1 to 128 visible ASCII characters.
    public let id: String
    /// Nil where it has no request's shape.
    public let event: UsageEvent?

    public init(id: String, event: UsageEvent?) {
        self.id = id
        self.event = event
    }
}
