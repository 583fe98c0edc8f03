import Cryptography

/// The service key that events came under, and the edge that it may speak for.
public struct EventSender: Hashable, Sendable {
    public let keyID: String
    public let name: String
    public let edge: String

    public init(keyID: String, name: String, edge: String) {
        self.keyID = keyID
        self.name = name
        self.edge = edge
    }

    /// What batches of it are shown as.
    var source: String { "http \(name)" }

    /// The line that an event becomes. Whoever chooses ids cannot choose a line's: no id of one key
    /// stands in the way of another key's event, or of a line that HAProxy numbered.
    func lineID(of event: String) -> [UInt8] {
        Array(SHA256.hash(Array(keyID.utf8) + [0] + Array(event.utf8)).prefix(16))
    }
}
