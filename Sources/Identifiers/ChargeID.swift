/// One operation of ours on an escrow account: the first half of its reference on chain.
public struct ChargeID: TimedIdentifier {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }
}

extension ChargeID: Comparable {
    public static func < (left: ChargeID, right: ChargeID) -> Bool {
        left.uuid.bytes.lexicographicallyPrecedes(right.uuid.bytes)
    }
}
