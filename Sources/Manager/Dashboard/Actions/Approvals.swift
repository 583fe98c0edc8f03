import Audit
import Billing
import ByteCodecs
import Cryptography
import Determinism
import Escrow
import Idempotency
import Identifiers
import Storage

/// Refunds, credits and the freeing of accounts: what is above a limit, or brings what one person
/// moved alone within a day above it, needs somebody else than who asked for it. What was decided is carried out under the request's own number, so that doing it
/// again after a crash does it once.
struct Approvals: Sendable {
    private let database: Database
    private let surroundings: Surroundings
    private let charges: Charges
    private let breaks: Breaks
    private let invoices: Invoices
    /// Micro-USDC.
    private let limit: Int64
    private static let dayMilliseconds: Int64 = 86_400_000

    init(database: Database, surroundings: Surroundings, above limit: MicroUSDC) {
        self.database = database
        self.surroundings = surroundings
        self.limit = limit.units
        charges = Charges(database: database, surroundings: surroundings)
        breaks = Breaks(database: database, surroundings: surroundings)
        invoices = Invoices(database: database, surroundings: surroundings)
    }

    // MARK: - Asking and deciding

    /// - Parameter id: the request's number; with one that is known nothing is asked anew.
    func ask(
        _ deed: Deed, _ id: SQLUUID, by person: String
    ) async throws(StorageError) -> ActionOutcome {
        let now = surroundings.now()
        let limit = limit
        let early = try await database.transaction {
            transaction throws(StorageError) -> ActionOutcome? in
            let amount: Int64
            switch deed {
            case .refund(_, let sum, _), .grantCredit(_, let sum, _): amount = sum.units
            case .acceptBreak(let number, _):
                guard let balance = try await transaction.balanceBehindBreak(number) else {
                    return .refused(code: "not_open", "No break of that number is open.")
                }
                amount = balance
            case .voidInvoice(let invoice, _):
                guard let total = try await transaction.total(of: invoice) else {
                    return .refused(code: "invoice_unknown", "There is no such invoice.")
                }
                amount = total.units
            }
            let before = try await transaction.movedAlone(
                by: person, since: now.adding(milliseconds: -Self.dayMilliseconds))
            let needsApproval = amount > limit || deed.movesMoney && amount > limit - before
            let isNew = try await transaction.insertApproval(
                id, deed, amount: amount, needsApproval: needsApproval, by: person, at: now)
            guard let row = try await transaction.approval(id), row.askedBy == person,
                Deed(name: row.name, fields: row.fields) == deed
            else { return .refused(code: "number_taken", "This was another request's number.") }
            guard row.needsApproval, row.decidedBy == nil else { return nil }
            if isNew {
                let record = Self.record(.approvalAsked, deed, id, by: person)
                try await transaction.execute(record.insertion(at: now))
            }
            return .waits(
                """
                \(PageText.amount(amount)) is above the limit, or with what you moved within the last \
                24 hours: another operator has to approve it.
                """
            )
        }
        if let early { return early }
        return try await carryOut(id)
    }

    func approve(_ id: SQLUUID, by person: String) async throws(StorageError) -> ActionOutcome {
        let refusal = try await decide(id, isRefused: false, by: person)
        if let refusal { return refusal }
        return try await carryOut(id)
    }

    func refuse(_ id: SQLUUID, by person: String) async throws(StorageError) -> ActionOutcome {
        try await decide(id, isRefused: true, by: person) ?? .done("The request is refused.")
    }

    /// - Returns: why nothing was decided; nil where it is.
    private func decide(
        _ id: SQLUUID, isRefused: Bool, by person: String
    ) async throws(StorageError) -> ActionOutcome? {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            guard let row = try await transaction.approval(id), !row.isRefused,
                row.outcome == nil, let deed = Deed(name: row.name, fields: row.fields)
            else { return .refused(code: "not_waiting", "No such request waits for approval.") }
            guard row.needsApproval else {
                // Cut off before it was carried out, or before that was written down.
                return isRefused
                    ? .refused(code: "not_waiting", "Nobody has to approve this request.") : nil
            }
            guard row.askedBy != person else {
                return .refused(
                    code: "same_person", "Another operator than who asked for it has to decide.")
            }
            guard row.decidedBy == nil else {
                // Approved before, and not carried out: that is all there is to do.
                return isRefused
                    ? .refused(code: "not_waiting", "The request was approved already.") : nil
            }
            try await transaction.decideApproval(id, isRefused: isRefused, by: person, at: now)
            let record = Self.record(
                isRefused ? .approvalRefused : .approvalGiven, deed, id, by: person)
            try await transaction.execute(record.insertion(at: now))
            return nil
        }
    }

    private static func record(
        _ action: AuditAction, _ deed: Deed, _ id: SQLUUID, by person: String,
        outcome: AuditOutcome = .success, reason: String? = nil
    ) -> AuditRecord {
        AuditRecord(
            action: action, outcome: outcome, reason: reason,
            details: [
                "what": .string(deed.name), "of": deed.fields,
                "request": .string(Hex.encode(id.bytes)), "operator": .string(person),
            ])
    }

    // MARK: - Doing

    private func carryOut(_ id: SQLUUID) async throws(StorageError) -> ActionOutcome {
        let found = try await database.transaction { transaction throws(StorageError) in
            try await transaction.approval(id)
        }
        guard let found, let deed = Deed(name: found.name, fields: found.fields) else {
            return .refused(code: "not_waiting", "No such request waits for approval.")
        }
        if let outcome = found.outcome { return .done("Done before: \(outcome)") }
        let person = found.askedBy
        let (outcome, action) =
            switch deed {
            case .refund(let charge, let amount, let reason):
                (
                    try await refund(charge, amount, reason, id, deed),
                    Optional(AuditAction.refundAsked)
                )
            case .grantCredit(let customer, let amount, let reason):
                (
                    try await credit(customer, amount, reason, id, by: person),
                    Optional(AuditAction.creditGranted)
                )
            case .acceptBreak(let number, let reason):
                (try await accept(number, reason, found), nil)
            case .voidInvoice(let invoice, _):
                (try await void(invoice), Optional(AuditAction.invoiceVoided))
            }
        return try await end(id, deed, outcome, action, by: person)
    }

    /// Writes down what came of it; a refusal is an end as well.
    private func end(
        _ id: SQLUUID, _ deed: Deed, _ outcome: ActionOutcome, _ action: AuditAction?,
        by person: String
    ) async throws(StorageError) -> ActionOutcome {
        let words: String
        var refusal: String?
        switch outcome {
        case .done(let text), .waits(let text): words = text
        case .refused(let code, let text): (words, refusal) = (text, code)
        case .unavailable: return outcome
        }
        let now = surroundings.now()
        let isFailed = refusal != nil
        let record = action.map {
            Self.record(
                $0, deed, id, by: person, outcome: refusal == nil ? .success : .failure,
                reason: refusal)
        }
        try await database.transaction { transaction throws(StorageError) in
            let isFirst = try await transaction.endApproval(
                id, outcome: words, isFailed: isFailed, at: now)
            if isFirst, let record { try await transaction.execute(record.insertion(at: now)) }
        }
        return outcome
    }

    private func refund(
        _ charge: ChargeID, _ amount: MicroUSDC, _ reason: String, _ id: SQLUUID, _ deed: Deed
    ) async throws(StorageError) -> ActionOutcome {
        let key = IdempotencyKey(
            caller: "operator", route: "POST /actions/refund", key: Hex.encode(id.bytes),
            bodyHash: SHA256.hash(deed.fields.serialized()))
        do throws(ChargeError) {
            let planned = try await charges.plan(
                NewRefund(charge: charge, amount: amount, reason: reason, key: key))
            return .done("Refund \(planned.id) of \(PageText.amount(amount.units)) is planned.")
        } catch {
            switch error {
            case .storage(let error): throw error
            case .chargeUnknown:
                return .refused(code: "charge_unknown", "There is no such charge.")
            case .chargeNotSettled:
                return .refused(code: "charge_not_settled", "The charge has not settled.")
            case .refundExceedsCharge(let remaining):
                return .refused(
                    code: "refund_exceeds_charge",
                    "Only \(PageText.amount(remaining.units)) of it can be refunded.")
            case .keyInFlight: return .unavailable
            default: return .refused(code: "refused", "It cannot be refunded: \(error).")
            }
        }
    }

    private func credit(
        _ customer: CustomerID, _ amount: MicroUSDC, _ reason: String, _ id: SQLUUID,
        by person: String
    ) async throws(StorageError) -> ActionOutcome {
        let now = surroundings.now()
        let done = ActionOutcome.done("\(PageText.amount(amount.units)) is granted.")
        do throws(StorageError) {
            let isGranted = try await database.transaction { transaction throws(StorageError) in
                try await transaction.grantCredit(
                    id, of: amount, to: customer, because: reason, by: person, at: now)
            }
            return isGranted
                ? done : .refused(code: "customer_unknown", "There is no such customer.")
        } catch {
            // Granted before a crash, under the same number.
            guard case .constraintViolated("billing_credits_pkey", _) = error else { throw error }
            return done
        }
    }

    private func void(_ id: InvoiceID) async throws(StorageError) -> ActionOutcome {
        switch try await invoices.void(id) {
        case .voided(let total):
            return .done("Invoice \(id) of \(PageText.amount(total.units)) is void.")
        case .unknown: return .refused(code: "invoice_unknown", "There is no such invoice.")
        case .isCharged(let charge):
            return .refused(
                code: "charge_in_flight",
                "Charge \(charge) for it is under way or has settled; refund that instead.")
        case .refused(let state):
            return .refused(code: "not_voidable", "The invoice is \(state).")
        }
    }

    private func accept(
        _ number: Int64, _ reason: String, _ row: ApprovalRow
    ) async throws(StorageError) -> ActionOutcome {
        var people: [(String, JSONValue)] = [("name", .string(row.askedBy))]
        if let second = row.decidedBy { people.append(("approvedBy", .string(second))) }
        let person = JSONValue.object(JSONObject(people))
        switch try await breaks.accept(number, because: reason, by: person) {
        case .accepted(let found, 0):
            return .done("Accepted: account \(found.account) is charged again.")
        case .accepted(let found, let left):
            return .done("Accepted: account \(found.account) has \(left) more that are open.")
        case .notOpen:
            return .refused(code: "not_open", "No break of that number is open.")
        }
    }
}
