import Identifiers
import Storage
import SuiProtocol

/// An operation as stored.
struct ChargeRow: SQLRow {
    static let columns: SQL = """
        c.charge_id, c.kind, c.state, c.account_id, c.amount_micro_usdc, c.reference, c.is_fenced,
        c.sequence, c.transaction_digest, c.cancel_digest, c.decline_reason, c.abandon_reason,
        c.outcome_digest, c.outcome_event_seq, c.invoice_id
        """

    var record: ChargeRecord

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextChargeID()
        let kind = Charge.Kind(rawValue: try columns.next())
        let name = Charge.State.Name(rawValue: try columns.next())
        let account = try columns.nextAccountID()
        let amount = try columns.nextAmount()
        let reference = ChargeReference(bytes: try columns.next())
        let isFenced: Bool = try columns.next()
        guard let kind, let name, let reference else { throw .unexpectedValue(column: "state") }
        let state = try Self.state(name, &columns)
        record = ChargeRecord(
            id: id, account: account, amount: amount, reference: reference,
            invoice: try columns.next(), charge: Charge(kind, state: state, isFenced: isFenced))
    }

    private static func state(
        _ name: Charge.State.Name, _ columns: inout SQLColumns
    ) throws(StorageError) -> Charge.State {
        let sequence: Int64? = try columns.next()
        let transaction = try columns.nextDigest()
        let cancellation = try columns.nextDigest()
        let decline: Int64? = try columns.next()
        let abandon: String? = try columns.next()
        let digest = try columns.nextDigest()
        let eventSequence: Int64? = try columns.next()
        let event: EventID? =
            if let digest, let eventSequence {
                EventID(transaction: digest, sequence: eventSequence)
            } else { nil }
        switch name {
        case .planned: return .planned
        case .signed:
            guard let sequence else { throw .unexpectedValue(column: "sequence") }
            return .signed(
                .init(sequence: sequence, transaction: transaction, cancellation: cancellation))
        case .settled:
            guard let event else { throw .unexpectedValue(column: "outcome_digest") }
            return .settled(event)
        case .declined:
            guard let event, let cause = decline.flatMap(Charge.DeclineCause.init) else {
                throw .unexpectedValue(column: "decline_reason")
            }
            return .declined(cause, event)
        case .abandoned: return .abandoned(try cause(abandon, event))
        }
    }

    private static func cause(
        _ text: String?, _ event: EventID?
    ) throws(StorageError) -> Charge.AbandonCause {
        switch (text.flatMap(Charge.AbandonCause.Name.init), event) {
        case (.withdrawn, _): return .withdrawn
        case (.accountFrozen, _): return .accountFrozen
        case (.superseded, _): return .superseded
        case (.cancelled, .some(let event)): return .cancelled(event)
        case (.displaced, .some(let event)): return .displaced(event)
        case (.cancelled, nil), (.displaced, nil), (nil, _):
            throw .unexpectedValue(column: "abandon_reason")
        }
    }
}
