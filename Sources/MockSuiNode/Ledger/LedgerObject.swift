import ByteCodecs
public import SuiProtocol

/// One version of an object.
public struct LedgerObject: Sendable, Equatable {
    public let id: ObjectID
    public let type: StructTag
    public internal(set) var version: UInt64
    public internal(set) var owner: ObjectOwner
    public internal(set) var contents: ObjectContents
    public internal(set) var previousTransaction: TransactionDigest
    /// MIST that come back to whoever deletes it.
    public internal(set) var storageRebate: UInt64
    public private(set) var digest: ObjectDigest

    init(
        id: ObjectID, type: StructTag, owner: ObjectOwner, contents: ObjectContents,
        version: UInt64 = 0, previousTransaction: TransactionDigest
    ) {
        self.id = id
        self.type = type
        self.version = version
        self.owner = owner
        self.contents = contents
        self.previousTransaction = previousTransaction
        storageRebate = 0
        digest = ObjectDigest(hashing: [])
        seal()
    }

    /// Takes the digest of the object as it is now.
    mutating func seal() {
        digest = ObjectDigest(hashing: bcs)
    }

    public var reference: ObjectReference {
        ObjectReference(id: id, version: version, digest: digest)
    }

    var fields: MoveData.Fields { contents.fields(id: id) }

    /// The BCS of the Move struct alone.
    public var contentBytes: [UInt8] { MoveData.bcs(of: fields) }

    /// The `T` of a `Coin<T>`.
    public var coinType: TypeTag? {
        guard case .coin = contents else { return nil }
        return type.typeArguments.first
    }

    /// Zero for what is no coin.
    var coinBalance: UInt64 {
        if case .coin(let balance) = contents { balance } else { 0 }
    }

    /// BCS of Sui's `Object`: data (0, a Move object: type, public transfer, version, contents),
    /// owner, previous transaction, storage rebate.
    var bcs: [UInt8] {
        var writer = BCSWriter()
        writer.byte(0)
        writeType(to: &writer)
        writer.bool(contents.isTransferable)
        writer.u64(version)
        writer.byteVector(contentBytes)
        owner.write(to: &writer)
        writer.value(previousTransaction)
        writer.u64(storageRebate)
        return writer.bytes
    }

    /// `MoveObjectType`: 0 any other struct, 1 a coin of SUI, 3 a coin of another type.
    private func writeType(to writer: inout BCSWriter) {
        guard let coinType else {
            writer.byte(0)
            return writer.value(type)
        }
        guard coinType != .sui else { return writer.byte(1) }
        writer.byte(3)
        writer.value(coinType)
    }
}
