/// What a reconciliation looked at and found.
public struct ReconciliationSummary: Hashable, Sendable {
    /// The last checkpoint that was booked when it began: all it compares.
    public var mark: Int64 = -1
    public var events = 0
    public var entries = 0
    public var outcomes = 0
    public var holds = 0
    public var accounts = 0
    public var invoices = 0
    /// Checkpoints that were read again from the chain; nil when no node was asked.
    public var chain: ClosedRange<Int64>?
    /// Checkpoints that are booked and that the node's index had not passed.
    public var unread: Int64 = 0
    /// Accounts whose objects on chain were compared.
    public var objects = 0
    /// Accounts that changed while they were compared.
    public var moving = 0
    public var found: [Discrepancy.Kind: Int] = [:]
    /// Whether the chain's events that were read are those that are stored, and the ledger has all
    /// that follows from them: these need not be read again, whatever else was found.
    public var isChainFitting = true
    /// What could not be looked at, in words.
    public var notes: [String] = []

    public init() {}

    public var discrepancies: Int { found.values.reduce(0, +) }
    public var isClean: Bool { discrepancies == 0 }
}
