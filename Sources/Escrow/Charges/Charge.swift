import SuiProtocol

/// One operation on an escrow account, a charge or a refund. Pure: event in, next step out; the
/// caller does the input and output.
///
/// Only what was seen in a checkpoint ends a signed one; an answer from a node never does. States
/// and transitions as a table: `Docs/ChargeStates.md`.
public struct Charge: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case charge, refund
    }

    public let kind: Kind
    public private(set) var state: State
    /// Planned before the database was restored: its bytes may have been signed and lost, so it
    /// is never charged, and its next sequence goes to a cancellation with its own reference.
    public private(set) var isFenced: Bool

    public init(_ kind: Kind, state: State = .planned, isFenced: Bool = false) {
        self.kind = kind
        self.state = state
        self.isFenced = isFenced
    }

    /// - Throws: ``IllegalTransition``, and nothing has changed. From an event of the chain's, it
    ///   is a break for a human; from one of the engine's, a fault of the engine.
    public mutating func handle(_ event: Event) throws(IllegalTransition) -> Step {
        switch (state, event) {
        case (.planned, .signed(let sequence, let digest)) where !isFenced:
            state = .signed(Signing(sequence: sequence, transaction: digest))
            return .submit(digest)
        case (.planned, .cancelSigned(let sequence, let digest)) where isFenced:
            state = .signed(Signing(sequence: sequence, cancellation: digest))
            return .submit(digest)
        case (.planned, .fenced):
            isFenced = true
            return .rest
        case (.planned, .withdrawn(let cause)) where !isFenced:
            return abandon(cause)
        case (.planned, .superseded):
            return abandon(.superseded)
        case (.signed(var signing), .rebuilt(let digest)) where signing.transaction != nil:
            signing.transaction = digest  // Same facts and gas coin: at most one of the two runs.
            state = .signed(signing)
            return .submit(digest)
        case (.signed(var signing), .cancelSigned(let sequence, let digest))
        where signing.sequence == sequence:
            signing.cancellation = digest  // Same row, same sequence: one of them decides.
            state = .signed(signing)
            return .submit(digest)
        case (.signed(let signing), .overdue):
            return .askThenResend(signing.digests)  // Silence is no outcome; the same bytes again.
        case (.planned, .chargedSeen(let event)) where kind == .charge,
            (.signed, .chargedSeen(let event)) where kind == .charge,
            (.planned, .refundedSeen(let event)) where kind == .refund,
            (.signed, .refundedSeen(let event)) where kind == .refund:
            state = .settled(event)
            return .post(event)
        case (.planned, .declinedSeen(let cause, let event)) where kind == .charge,
            (.signed, .declinedSeen(let cause, let event)) where kind == .charge:
            state = .declined(cause, event)
            return release
        case (.planned, .cancelledSeen(let event)), (.signed, .cancelledSeen(let event)):
            return abandon(.cancelled(event))
        case (.signed, .displacedSeen(let event)):
            return abandon(.displaced(event))
        case (.settled(let known), .chargedSeen(let event)) where known == event && kind == .charge,
            (.settled(let known), .refundedSeen(let event)) where known == event && kind == .refund,
            (.abandoned(.cancelled(let known)), .cancelledSeen(let event)) where known == event,
            (.abandoned(.displaced(let known)), .displacedSeen(let event)) where known == event:
            return .rest  // Windows are read twice.
        case (.declined(let cause, let known), .declinedSeen(let seen, let event))
        where cause == seen && known == event:
            return .rest
        case (.settled, .overdue), (.declined, .overdue), (.abandoned, .overdue),
            (.signed, .fenced), (.settled, .fenced), (.declined, .fenced), (.abandoned, .fenced),
            (.planned, .staleSeen), (.signed, .staleSeen), (.settled, .staleSeen),
            (.declined, .staleSeen), (.abandoned, .staleSeen):
            return .rest  // Timers fire late, and stale decides nothing.
        case (.planned, _), (.signed, _), (.settled, _), (.declined, _), (.abandoned, _):
            throw IllegalTransition(from: state, on: event)  // No `default` here.
        }
    }

    private mutating func abandon(_ cause: AbandonCause) -> Step {
        state = .abandoned(cause)
        return release
    }

    /// A refund holds nothing: it is paid from the charger's own float.
    private var release: Step { kind == .charge ? .releaseHold : .rest }
}
