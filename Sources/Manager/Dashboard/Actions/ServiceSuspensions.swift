import Billing
import Determinism
import Identifiers
import Services
import Storage

/// Stops customers' services by an operator's word, and frees them, as it was typed.
struct ServiceSuspensions: Sendable {
    private let suspensions: OperatorSuspensions

    init(database: Database, surroundings: Surroundings) {
        suspensions = OperatorSuspensions(database: database, surroundings: surroundings)
    }

    /// - Parameters:
    ///   - fields: `customer`, `service` and `reason`.
    ///   - person: the operator.
    func perform(
        _ deed: OperatorSuspensions.Deed, _ fields: FormFields, by person: String
    ) async throws(StorageError) -> ActionOutcome {
        guard let customer = Int64(fields["customer"] ?? "").flatMap(CustomerID.init) else {
            return .invalid("customer", "a customer's number")
        }
        guard let service = ServiceType(rawValue: fields["service"] ?? "") else {
            let known = ServiceType.allCases.map(\.rawValue).joined(separator: ", ")
            return .invalid("service", "one of \(known)")
        }
        guard let reason = fields.reason else { return .reasonInvalid }
        let outcome = try await suspensions.perform(
            deed, service, of: customer, because: reason, by: person)
        return Self.words(outcome, deed, "\(service.rawValue) of customer \(customer.number)")
    }

    private static func words(
        _ outcome: OperatorSuspensions.Outcome, _ deed: OperatorSuspensions.Deed, _ what: String
    ) -> ActionOutcome {
        switch (outcome, deed) {
        case (.done, .suspend):
            .done("\(what) is suspended; the edges are told.")
        case (.done, .lift):
            .done("\(what) is disabled, and may be enabled by its customer.")
        case (.unknown, _):
            .refused(code: "service_unknown", "There is no \(what).")
        case (.refused, .suspend):
            .refused(code: "already_suspended", "An operator has suspended \(what) already.")
        case (.refused(let state), .lift):
            .refused(
                code: "not_suspended",
                "No operator has suspended \(what): it is \(state.rawValue).")
        }
    }
}
