/// A shared object, named by the version at which it was first shared, not by its current one.
public struct SharedObject: Hashable, Sendable {
    public let id: ObjectID
    public let initialVersion: UInt64

    public init(id: ObjectID, initialVersion: UInt64) {
        self.id = id
        self.initialVersion = initialVersion
    }

    /// The clock at `0x6`, shared at genesis.
    public static let clock = SharedObject(id: .clock, initialVersion: 1)
}
