/// What is known of a coin at one place of a transaction.
struct TracedCoin: Equatable {
    /// Nil: not to be told from the transaction.
    var amount: UInt64?
    var type: TypeTag?

    static let unknown = TracedCoin(amount: nil, type: nil)
}
