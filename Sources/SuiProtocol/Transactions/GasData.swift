public import ByteCodecs

/// Who pays for a transaction, and how much at most. Price and budget are in MIST; 10⁹ are 1 SUI.
public struct GasData: Hashable, Sendable, BCSCodable {
    /// Coins that are merged into the first. Empty: the owner's address balance pays.
    public var payment: [ObjectReference]
    /// Other than the sender where the transaction is sponsored.
    public var owner: SuiAddress
    /// For one unit of computation; at least the epoch's reference price.
    public var price: UInt64
    public var budget: UInt64

    public init(payment: [ObjectReference], owner: SuiAddress, price: UInt64, budget: UInt64) {
        self.payment = payment
        self.owner = owner
        self.price = price
        self.budget = budget
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(
            payment: try reader.values(), owner: try reader.value(), price: try reader.u64(),
            budget: try reader.u64())
    }

    public func write(to writer: inout BCSWriter) {
        writer.values(payment)
        writer.value(owner)
        writer.u64(price)
        writer.u64(budget)
    }
}
