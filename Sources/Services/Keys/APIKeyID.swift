public import Identifiers

/// One API key, by a name that is no secret.
public struct APIKeyID: TimedIdentifier {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
