/// The newest version of an object that a node knows.
public struct NodeObject: Hashable, Sendable {
    public let reference: ObjectReference
    public let owner: NodeOwner
    /// Nil for a package.
    public let type: StructTag?
    /// Contents; nil for a package.
    public let bcs: [UInt8]?

    public init(reference: ObjectReference, owner: NodeOwner, type: StructTag?, bcs: [UInt8]?) {
        self.reference = reference
        self.owner = owner
        self.type = type
        self.bcs = bcs
    }
}

public enum NodeOwner: Hashable, Sendable {
    case address(SuiAddress)
    case object(ObjectID)
    case shared(initialVersion: UInt64)
    case immutable
    /// An owner whose objects go through consensus.
    case consensusAddress(SuiAddress, startVersion: UInt64)
}

/// What an address has of a coin, in its smallest unit: in coin objects, and in the balance that
/// the address itself holds.
public struct NodeBalance: Hashable, Sendable {
    public let inCoins: UInt64
    public let inAddress: UInt64

    public init(inCoins: UInt64, inAddress: UInt64) {
        self.inCoins = inCoins
        self.inAddress = inAddress
    }

    public var sum: UInt128 { UInt128(inCoins) + UInt128(inAddress) }
}
