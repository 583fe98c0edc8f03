import Audit
import ByteCodecs
public import Determinism
public import Identifiers
public import Services
public import Storage

/// Services that an operator stops, whatever their customers have paid, and frees again.
///
/// No money moves with either. While it is stopped no month of it begins, what was used is invoiced
/// as ever, and what is past due is charged again; but neither the customer nor a payment starts it.
public struct OperatorSuspensions: Sendable {
    public enum Deed: Sendable {
        case suspend
        /// Leaves it disabled.
        case lift
    }

    public enum Outcome: Hashable, Sendable {
        case done(from: InstanceState)
        /// The customer has chosen nothing of the service, or there is no such customer.
        case unknown
        /// It is suspended by an operator already, or is not.
        case refused(InstanceState)
    }

    private let database: Database
    private let surroundings: Surroundings

    public init(database: Database, surroundings: Surroundings) {
        self.database = database
        self.surroundings = surroundings
    }

    /// One transaction: the row under its lock and by its version, the audit record, and the news
    /// for who writes the vault.
    ///
    /// - Parameters:
    ///   - reason: in words; for the record.
    ///   - person: the operator, by name.
    public func perform(
        _ deed: Deed, _ service: ServiceType, of customer: CustomerID, because reason: String,
        by person: String
    ) async throws(StorageError) -> Outcome {
        let now = surroundings.now()
        return try await database.transaction { transaction throws(StorageError) in
            guard let row = try await transaction.lockInstance(customer, service),
                row.state != .notProvisioned
            else { return .unknown }
            let before = Subscription(row)
            guard let after = Self.step(deed, before), after != before else {
                return .refused(row.state)
            }
            try await transaction.write(row.after(after), at: now)
            let record = AuditRecord(
                action: deed.action, outcome: .success, customerID: customer.number,
                details: [
                    "service": .string(service.rawValue), "from": .string(row.state.rawValue),
                    "because": .string(reason), "operator": .string(person),
                ])
            try await transaction.execute(record.insertion(at: now))
            return .done(from: row.state)
        }
    }

    /// - Returns: nil where the state does not allow it.
    private static func step(_ deed: Deed, _ subscription: Subscription) -> Subscription? {
        switch deed {
        case .suspend: try? subscription.suspendingByOperator()
        case .lift: try? subscription.lifting()
        }
    }
}

extension OperatorSuspensions.Deed {
    fileprivate var action: AuditAction {
        switch self {
        case .suspend: .serviceSuspendedByOperator
        case .lift: .serviceSuspensionLifted
        }
    }
}
