public import Determinism
public import Identifiers
public import SuiProtocol

/// All that is known of one operation: who wanted it, what was signed for it, what the chain said,
/// what moved.
public struct ChargeStory: Sendable {
    /// The request that made it.
    public struct Intent: Sendable {
        public let caller: String
        public let route: String
        public let key: String
        public let at: Timestamp
    }

    /// Bytes that were signed with it in them.
    public struct Attempt: Sendable {
        public let digest: TransactionDigest
        public let purpose: String
        /// Among the transaction's operations, from zero.
        public let place: Int
        public let operations: Int
        public let bytes: [UInt8]
        public let signature: [UInt8]
        public let gas: ObjectReference
        public let lastEpoch: Int64
        public let generation: Int64
        public let at: Timestamp
        /// No build that spends the same coin can run any more, as booked.
        public let isDead: Bool
        /// Seen in a checkpoint as failed.
        public let failure: NodeFailure?
    }

    /// An event of the chain's with its reference, or the one that decided it.
    public struct Event: Sendable {
        public let id: EventID
        public let name: String
        public let checkpoint: Int64
        public let at: Timestamp
        public let sequence: Int64?
        public let amount: MicroUSDC?
        public let balance: MicroUSDC?
        public let isOutcome: Bool
    }

    public struct Posting: Sendable {
        public let purpose: LedgerEntry.Purpose
        public let at: Timestamp
        public let debit: String
        public let credit: String
        public let amount: MicroUSDC
        /// Nil for a decision of ours.
        public let event: EventID?
    }

    public let record: ChargeRecord
    public let customer: CustomerID?
    public let service: String?
    public let invoice: String?
    public let description: String?
    public let refundOf: ChargeID?
    public let duplicateOf: ChargeID?
    /// Written from the chain alone.
    public let isAdopted: Bool
    public let lastError: String?
    public let plannedAt: Timestamp
    public let signedAt: Timestamp?
    public let endedAt: Timestamp?
    /// The number that was signed for it.
    public let sequence: Int64?
    /// Why the account is charged no more.
    public let freeze: BreakClass?
    public let intents: [Intent]
    public let attempts: [Attempt]
    public let events: [Event]
    public let postings: [Posting]
    public let breaks: [Break]
    public let refunds: [ChargeRecord]
}
