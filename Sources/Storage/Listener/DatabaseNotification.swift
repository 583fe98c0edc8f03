/// What `NOTIFY` told.
public struct DatabaseNotification: Equatable, Sendable {
    public var channel: String
    public var payload: String
}
