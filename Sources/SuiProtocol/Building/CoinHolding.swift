/// A coin object and what is in it.
public struct CoinHolding: Hashable, Sendable {
    public let reference: ObjectReference
    /// In the coin's smallest unit.
    public let balance: UInt64

    public init(_ reference: ObjectReference, balance: UInt64) {
        self.reference = reference
        self.balance = balance
    }
}
