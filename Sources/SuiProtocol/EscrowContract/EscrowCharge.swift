/// One charge of a batch.
public struct EscrowCharge: Hashable, Sendable {
    public let account: SharedObject
    /// The operation's number: one more than the account's.
    public let sequence: UInt64
    /// In the coin's smallest unit.
    public let amount: UInt64
    public let reference: [UInt8]

    public init(account: SharedObject, sequence: UInt64, amount: UInt64, reference: [UInt8]) {
        self.account = account
        self.sequence = sequence
        self.amount = amount
        self.reference = reference
    }
}
