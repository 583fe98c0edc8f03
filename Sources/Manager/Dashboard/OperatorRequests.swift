public import Billing
import ByteCodecs
public import Determinism
public import Identifiers
public import Storage

/// What operators ask for on the command line: it goes the dashboard's own way, so that it is on
/// record under the operator's name and, above the limit, waits for another one at the dashboard.
public struct OperatorRequests: Sendable {
    /// In words, as they were typed.
    public enum Wish: Hashable, Sendable {
        case grantCredit(customer: String, amount: String)
        case voidInvoice(String)
        case acceptBreak(String)
    }

    public enum Answer: Hashable, Sendable {
        case done(String)
        /// Another operator has to approve it at the dashboard.
        case waits(String)
        /// Nothing was done. The code is stable; `field_invalid` for what was typed.
        case refused(code: String, String)
        /// The secret is no operator's, or one's who was revoked.
        case stranger
    }

    private let operators: Operators
    private let approvals: Approvals
    private let suspensions: ServiceSuspensions

    public init(database: Database, surroundings: Surroundings, above limit: MicroUSDC) {
        operators = Operators(database: database, surroundings: surroundings)
        approvals = Approvals(database: database, surroundings: surroundings, above: limit)
        suspensions = ServiceSuspensions(database: database, surroundings: surroundings)
    }

    /// - Parameters:
    ///   - number: asked again with the same, it is done once.
    ///   - secret: the operator's, as `sluice keys operator add` showed it.
    public func ask(
        _ wish: Wish, because reason: String, number: UUIDv7, secret: String
    ) async throws(StorageError) -> Answer {
        guard let person = try await person(secret) else { return .stranger }
        switch wish.deed(reason) {
        case .failure(let refusal): return Answer(refusal.outcome)
        case .success(let deed):
            let outcome = try await approvals.ask(
                deed, SQLUUID(bytes: number.bytes), by: person)
            return Answer(outcome)
        }
    }

    /// Done at once: it moves no money, and takes no other operator's approval.
    ///
    /// - Parameters:
    ///   - service: in words as it was typed, as is the customer's number.
    ///   - secret: the operator's.
    public func ask(
        _ deed: OperatorSuspensions.Deed, _ service: String, of customer: String,
        because reason: String, secret: String
    ) async throws(StorageError) -> Answer {
        guard let person = try await person(secret) else { return .stranger }
        let fields = FormFields(
            values: ["customer": customer, "service": service, "reason": reason])
        return Answer(try await suspensions.perform(deed, fields, by: person))
    }

    private func person(_ secret: String) async throws(StorageError) -> String? {
        do throws(OperatorRefusal) {
            return try await operators.name(ofSecret: secret)
        } catch .storage(let error) {
            throw error
        } catch {
            return nil
        }
    }
}

extension OperatorRequests.Wish {
    fileprivate func deed(_ reason: String) -> Result<Deed, Deed.Refusal> {
        switch self {
        case .grantCredit(let customer, let amount):
            Deed.parse(
                .grantCredit,
                FormFields(values: ["customer": customer, "amount": amount, "reason": reason]))
        case .voidInvoice(let invoice):
            Deed.parse(
                .voidInvoice, FormFields(values: ["invoice": invoice, "reason": reason]))
        case .acceptBreak(let number):
            Deed.parse(
                .acceptBreak, FormFields(values: ["break": number, "reason": reason]))
        }
    }
}

extension OperatorRequests.Answer {
    fileprivate init(_ outcome: ActionOutcome) {
        switch outcome {
        case .done(let text): self = .done(text)
        case .waits(let text): self = .waits(text)
        case .refused(let code, let text): self = .refused(code: code, text)
        case .unavailable:
            self = .refused(code: "in_flight", "The same request is at work; ask again.")
        }
    }
}
