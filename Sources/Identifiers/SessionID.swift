/// One sign-in of one customer on one device, from `verify` to its end.
public struct SessionID: TimedIdentifier {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}
