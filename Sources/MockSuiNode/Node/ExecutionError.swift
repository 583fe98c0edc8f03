/// Why a transaction was not run.
enum ExecutionError: Error {
    case refused(TransactionRefusal)
    /// The node cannot keep what it does.
    case broken
}
