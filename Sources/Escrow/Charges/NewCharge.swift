public import Idempotency
public import Identifiers

/// A charge that a service asks for.
public struct NewCharge: Hashable, Sendable {
    public var customer: CustomerID
    public var amount: MicroUSDC
    public var description: String?
    /// The obligation; without one, the idempotency key is.
    public var invoice: String?
    public var key: IdempotencyKey

    public init(
        customer: CustomerID, amount: MicroUSDC, description: String? = nil,
        invoice: String? = nil, key: IdempotencyKey
    ) {
        self.customer = customer
        self.amount = amount
        self.description = description
        self.invoice = invoice
        self.key = key
    }
}

/// A refund of one settled charge, in whole or in part.
public struct NewRefund: Hashable, Sendable {
    public var charge: ChargeID
    public var amount: MicroUSDC
    public var reason: String?
    public var key: IdempotencyKey

    public init(charge: ChargeID, amount: MicroUSDC, reason: String? = nil, key: IdempotencyKey) {
        self.charge = charge
        self.amount = amount
        self.reason = reason
        self.key = key
    }
}

/// An operation that was planned, now or when the same key was first used.
public struct Planned: Hashable, Sendable {
    public let id: ChargeID
    public let isRepeated: Bool
    /// What was answered then; nil when it is planned only now, and once it has been forgotten.
    public let answer: KeptAnswer?
    /// What was written; nil when that was before.
    public let details: ChargeDetails?

    public init(
        id: ChargeID, isRepeated: Bool, answer: KeptAnswer? = nil, details: ChargeDetails? = nil
    ) {
        self.id = id
        self.isRepeated = isRepeated
        self.answer = answer
        self.details = details
    }

    init(_ details: ChargeDetails) {
        self.init(id: details.id, isRepeated: false, details: details)
    }
}
