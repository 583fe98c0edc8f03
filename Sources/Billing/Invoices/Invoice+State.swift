public import Determinism
public import Identifiers

extension Invoice {
    public enum State: Hashable, Sendable {
        case open
        /// To be charged. The charge that was given up, if that is why it is here again.
        case closed(abandoned: ChargeID?)
        case charging(ChargeID)
        /// Nil when nothing was owed.
        case paid(ChargeID?)
        /// The charge that was declined.
        case pastDue(ChargeID)
        case void

        /// The word in tables and answers.
        public var name: String {
            switch self {
            case .open: "open"
            case .closed: "closed"
            case .charging: "charging"
            case .paid: "paid"
            case .pastDue: "past_due"
            case .void: "void"
            }
        }
    }

    public enum Event: Hashable, Sendable {
        case close(at: Timestamp)
        case nothingOwed
        case chargePlanned(ChargeID)
        case chargeSettled(ChargeID)
        case chargeDeclined(ChargeID)
        case chargeAbandoned(ChargeID)
        /// An operator's decision.
        case voided
    }

    /// What the caller does next.
    public enum Step: Hashable, Sendable {
        case planCharge(MicroUSDC)
        /// The total is zero: ``Event/nothingOwed`` is to follow.
        case settleWithoutCharge
        /// A customer's services may be able to resume.
        case considerResuming
        /// The customer's services are to be suspended.
        case considerSuspending
        case rest
    }

    /// Only a charge's outcome in a checkpoint pays; a charge that is under way keeps the invoice
    /// from being voided or charged a second time.
    public mutating func handle(_ event: Event) throws(InvoiceError) -> Step {
        switch (state, event) {
        case (.open, .close(let time)): return try close(at: time)
        case (.closed, .nothingOwed):
            guard total == .zero else { throw .stillOwed(total) }
            state = .paid(nil)
            return .considerResuming
        case (.closed, .chargePlanned(let charge)), (.pastDue, .chargePlanned(let charge)):
            guard total > .zero else { throw .nothingOwed }
            state = .charging(charge)
            return .rest
        case (.charging(let charge), .chargePlanned(let same)):
            guard charge == same else { throw .chargeInFlight(charge) }
            return .rest
        case (.closed, .chargeSettled(let charge)), (.charging, .chargeSettled(let charge)),
            (.pastDue, .chargeSettled(let charge)):
            state = .paid(charge)  // Whichever it was: the money was taken for this invoice.
            return .considerResuming
        case (.charging(let charge), .chargeDeclined(let same)):
            guard charge == same else { throw .chargeInFlight(charge) }
            state = .pastDue(charge)
            return .considerSuspending
        case (.charging(let charge), .chargeAbandoned(let same)):
            guard charge == same else { throw .chargeInFlight(charge) }
            state = .closed(abandoned: charge)
            return .planCharge(total)
        case (.paid(let charge), .chargeSettled(let other)):
            guard charge == other else { throw .paidTwice(charge, other) }
            return .rest  // Windows are read twice.
        case (.pastDue(let charge), .chargeDeclined(let same)) where charge == same: return .rest
        case (.closed(let charge), .chargeAbandoned(let same)) where charge == same: return .rest
        case (.void, .chargeSettled(let charge)): throw .paidTwice(nil, charge)
        case (.paid(let charge), .chargeAbandoned(let other)) where charge != other,
            (.paid(let charge), .chargeDeclined(let other)) where charge != other:
            return .rest  // What paid has displaced it; it took no money.
        case (.open, .voided), (.closed, .voided), (.pastDue, .voided):
            state = .void
            return .considerResuming
        case (.charging(let charge), .voided): throw .chargeInFlight(charge)
        case (.void, .voided), (.paid(nil), .nothingOwed): return .rest
        case (.open, _), (.closed, _), (.charging, _), (.paid, _), (.pastDue, _), (.void, _):
            throw .illegal(from: state, on: event)
        }
    }

    private mutating func close(at time: Timestamp) throws(InvoiceError) -> Step {
        guard !lines.isEmpty else { throw .empty }
        guard total >= .zero else { throw .negativeTotal(total) }
        state = .closed(abandoned: nil)
        closedAt = time
        return total == .zero ? .settleWithoutCharge : .planCharge(total)
    }
}
