/// What is asked of a node, whichever wire format it is asked in. Raw values are names for rules.
enum NodeOperation: String {
    case execute, simulate, transaction, transactions, events, object, coins, balance, epoch
    case chain, checkpoint, verify, configuration, metadata
    /// Of this mock only; no fault ever strikes it.
    case control
    case unknown
}
