public import Determinism

/// An id of one kind of thing that is made here and sorts by the time it was made: a type for each
/// kind, so that none is taken for another.
public protocol TimedIdentifier: Hashable, Sendable, CustomStringConvertible {
    var uuid: UUIDv7 { get }

    init(_ uuid: UUIDv7)
}

extension TimedIdentifier {
    public init(from surroundings: Surroundings) { self.init(UUIDv7(from: surroundings)) }

    /// Nil for anything but what ``description`` gives.
    public init?(_ text: String) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.init(uuid)
    }

    public var description: String { uuid.description }
}
