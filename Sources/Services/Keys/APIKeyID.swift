public import Determinism
public import Identifiers

/// One API key, by a name that is no secret.
public struct APIKeyID: Hashable, Sendable, CustomStringConvertible {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }

    public init(from surroundings: Surroundings) { uuid = UUIDv7(from: surroundings) }

    public init?(_ text: String) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.description }
}
