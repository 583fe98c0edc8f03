/// Why no transaction was built. All are found before anything is signed.
public enum TransactionBuildError: Error, Equatable {
    /// More than a node takes; what it is, and how much of it.
    case tooMany(Limited, limit: Int, actual: Int)
    /// One object was given in two versions, or as owned and as shared.
    case conflictingObject(ObjectID)
    /// The gas coin is given as an input too.
    case gasCoinAsInput(ObjectID)
    /// A command without what it works on: no coin to merge, no object to send.
    case nothingToDo
    /// An input or a result that this transaction does not have before the command.
    case unknownArgument(TransactionArgument)
    /// Paying gas from an address balance needs a validity window.
    case windowMissing
    /// Both epochs must be set and at most one apart; times and proposers are not in force.
    case invalidWindow
    /// A withdrawal from another's allowance is not in force.
    case unsupportedWithdrawal
    /// Less is there than the payment needs.
    case insufficientFunds(available: UInt64, required: UInt64)
    /// A sum that no `u64` holds.
    case amountTooLarge

    /// What there can be too much of; see ``TransactionLimits``.
    public enum Limited: Sendable {
        case commands, inputs, objects, gasCoins, arguments, typeArguments, typeDepth
        case pureBytes, bytes, charges, referenceBytes
    }
}
