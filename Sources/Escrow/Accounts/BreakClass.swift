/// What does not fit together, for a human to look at. Raw values stand in the database.
public enum BreakClass: String, Error, Hashable, Sendable, CaseIterable {
    /// An outcome's number was not the next one.
    case sequence
    /// The balance after an event does not follow from the one before.
    case balance
    case spendingLimit = "spending_limit"
    case openedTwice = "opened_twice"
    /// The chain's amount is not the one that was signed.
    case amount
    /// An operation of ours had its outcome under another number than the one signed for it.
    case otherSequence = "other_sequence"
    /// Our number was used with a reference that is none of ours.
    case strangerReference = "stranger_reference"
    /// An outcome for an operation that had another one already, or of another kind.
    case unexpectedOutcome = "unexpected_outcome"
    /// An obligation was settled by two operations.
    case settledTwice = "settled_twice"
}
