/// How far a reconciliation has come.
public struct ReconciliationProgress: Hashable, Sendable {
    public enum Phase: String, Sendable, CaseIterable {
        /// Events, what they moved and what they ended.
        case events
        /// What is set aside for charges.
        case holds
        /// Mirrors against their events and the ledger.
        case mirrors
        /// Events of the chain against those that are stored.
        case chain
        /// Mirrors against objects on chain.
        case objects
    }

    public let phase: Phase
    public let done: Int
    /// Known before, about right.
    public let total: Int

    public init(_ phase: Phase, done: Int, total: Int) {
        self.phase = phase
        self.done = done
        self.total = total
    }
}
