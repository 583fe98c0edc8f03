public import Identifiers

/// A credit that was granted; sorts by the time of the grant.
public struct CreditID: TimedIdentifier {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
