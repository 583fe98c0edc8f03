public import Determinism

/// One operation of ours on an escrow account: the first half of its reference on chain.
public struct ChargeID: Hashable, Sendable, CustomStringConvertible {
    public let uuid: UUIDv7

    public init(_ uuid: UUIDv7) { self.uuid = uuid }

    public init(from surroundings: Surroundings) { uuid = UUIDv7(from: surroundings) }

    public init?(_ text: String) {
        guard let uuid = UUIDv7(text) else { return nil }
        self.uuid = uuid
    }

    public var description: String { uuid.description }
}

extension ChargeID: Comparable {
    public static func < (left: ChargeID, right: ChargeID) -> Bool {
        left.uuid.bytes.lexicographicallyPrecedes(right.uuid.bytes)
    }
}
