/// How a ``DatabaseListener`` reaches the server and how often it asks.
public struct ListenerConfiguration: Sendable {
    /// A libpq URL that leads to PostgreSQL itself: pgbouncer in transaction mode loses LISTEN.
    public var url: String
    public var channels: [StaticString]
    /// From the start of one poll to the start of the next.
    public var pollMilliseconds: Int64 = 300
    /// How long a poll may take; a slower answer counts as a dead connection.
    public var answerMilliseconds: Int64 = 300
    public var connectMilliseconds: Int64 = 1000
    /// Pause between two attempts to connect.
    public var retryMilliseconds: Int64 = 50
    public var applicationName = "sluice listener"

    public init(url: String, channels: [StaticString]) {
        self.url = url
        self.channels = channels
    }
}
