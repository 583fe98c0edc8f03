public import Determinism

/// What makes a line this line and no other: it counts once for ever.
///
/// The number that HAProxy gives lines is no part of it: its threads skip and repeat numbers.
public struct LineIdentity: Hashable, Sendable {
    public let time: Timestamp
    public let edge: String
    public let id: LineID

    public init(time: Timestamp, edge: String, id: LineID) {
        self.time = time
        self.edge = edge
        self.id = id
    }
}
