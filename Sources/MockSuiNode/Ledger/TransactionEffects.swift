public import SuiProtocol

/// What a transaction did.
public struct TransactionEffects: Sendable {
    public struct Change: Sendable {
        public let id: ObjectID
        /// Nil: it was made here.
        public let before: LedgerObject?
        /// Nil: it ended here.
        public let after: LedgerObject?
    }

    public struct BalanceChange: Sendable, Equatable {
        public let owner: SuiAddress
        public let coinType: TypeTag
        public let amount: Int128
    }

    /// Nil is success.
    public let failure: ExecutionFailure?
    public let epoch: UInt64
    public let gas: GasSummary
    /// The version of every object written.
    public let lamportVersion: UInt64
    /// In the order of ids.
    public let changes: [Change]
    /// Shared objects that were only read, as they were.
    let unchanged: [LedgerObject]
    /// Nil where an address balance paid, or nobody.
    public let gasObject: ObjectID?
    /// Address balances after the transaction, where it changed them.
    let balances: [BalanceKey: UInt64]
    public let balanceChanges: [BalanceChange]
}
