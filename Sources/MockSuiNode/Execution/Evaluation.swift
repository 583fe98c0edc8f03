import SuiProtocol

/// What came of running a transaction.
struct Evaluation {
    let effects: TransactionEffects
    /// None where it failed.
    let events: [PendingEvent]
}
