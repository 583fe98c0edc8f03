/// Who is at the other end.
public struct Sender: Hashable, Sendable {
    /// As batches and the quarantine show it: where it came in, and the edge where that is known.
    public let source: String
    /// Whose lines those are, as far as the sender could prove it; nil where any edge is believed.
    public let edge: String?

    public init(source: String, edge: String?) {
        self.source = edge.map { "\(source) \($0)" } ?? source
        self.edge = edge
    }
}
