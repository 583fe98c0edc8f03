public import Determinism
import Idempotency
public import Identifiers
public import SuiProtocol

/// Everything there is to tell about a charge or a refund.
public struct ChargeDetails: Hashable, Sendable {
    public let id: ChargeID
    public let kind: Charge.Kind
    /// Nil for one that only the chain remembers, of an owner who never signed in.
    public let customer: CustomerID?
    public let account: AccountID
    public let amount: MicroUSDC
    /// What a charge is for, or why a refund is made.
    public let description: String?
    public let invoice: String?
    /// Who asked for it; nil for one that only the chain remembers.
    public let service: String?
    /// The charge that a refund gives back of.
    public let refundOf: ChargeID?
    public let progress: Progress

    /// What changes in its life.
    public struct Progress: Hashable, Sendable {
        public var state: Charge.State.Name
        /// The account's number for it; nil until it is signed or seen.
        public var sequence: Int64?
        /// Of the transaction that decided it, or of the one that is under way.
        public var digest: TransactionDigest?
        /// Where it was decided.
        public var checkpoint: Int64?
        /// How often bytes were signed for it.
        public var attempts: Int64
        /// The last thing that went wrong on the way; decides nothing.
        public var lastError: String?
        public var declineCause: Charge.DeclineCause?
        public var abandonCause: Charge.AbandonCause.Name?
        public var plannedAt: Timestamp
        public var signedAt: Timestamp?
        public var endedAt: Timestamp?
        /// What took the money, or gave it back, where an abandoned one did not.
        public var supersededBy: Superseding?

        /// Of one that was just planned.
        public init(plannedAt: Timestamp) {
            state = .planned
            attempts = 0
            self.plannedAt = plannedAt
        }
    }

    /// The settled operation for the same obligation as an abandoned one.
    public struct Superseding: Hashable, Sendable {
        public var id: ChargeID
        public var state: Charge.State.Name
        /// Of the transaction that decided it.
        public var digest: TransactionDigest

        public init(id: ChargeID, state: Charge.State.Name, digest: TransactionDigest) {
            self.id = id
            self.state = state
            self.digest = digest
        }
    }

    public init(
        id: ChargeID, kind: Charge.Kind, customer: CustomerID?, account: AccountID,
        amount: MicroUSDC, description: String?, invoice: String?, service: String?,
        refundOf: ChargeID?, progress: Progress
    ) {
        self.id = id
        self.kind = kind
        self.customer = customer
        self.account = account
        self.amount = amount
        self.description = description
        self.invoice = invoice
        self.service = service
        self.refundOf = refundOf
        self.progress = progress
    }

    init(_ record: ChargeRecord, for new: NewCharge, at now: Timestamp) {
        self.init(
            id: record.id, kind: .charge, customer: new.customer, account: record.account,
            amount: record.amount, description: new.description, invoice: new.invoice,
            service: new.key.caller, refundOf: nil, progress: Progress(plannedAt: now))
    }

    init(_ record: ChargeRecord, for new: NewRefund, customer: Int64?, at now: Timestamp) {
        self.init(
            id: record.id, kind: .refund, customer: customer.flatMap { CustomerID($0) },
            account: record.account, amount: record.amount, description: new.reason, invoice: nil,
            service: new.key.caller, refundOf: new.charge, progress: Progress(plannedAt: now))
    }

    /// How long a signed operation may take before it is called overdue: far longer than any that
    /// nothing stands in the way of, and long before anything about it is given up.
    public static let overdueMilliseconds: Int64 = 30_000

    /// Whether its bytes have been out for long without an outcome. That says nothing about it.
    public func isOverdue(at now: Timestamp) -> Bool {
        guard progress.state == .signed, let signedAt = progress.signedAt else { return false }
        return now.milliseconds - signedAt.milliseconds > Self.overdueMilliseconds
    }
}

/// Which charges are wanted; nil is any.
public struct ChargeFilter: Hashable, Sendable {
    public var state: Charge.State.Name?
    public var customer: CustomerID?

    public init(state: Charge.State.Name? = nil, customer: CustomerID? = nil) {
        self.state = state
        self.customer = customer
    }
}
