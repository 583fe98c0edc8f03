/// Whether a customer's instance of a service is served; the word in tables and answers.
public enum InstanceState: String, CaseIterable, Sendable {
    case notProvisioned = "not_provisioned"
    case enabled
    case disabled
    case suspendedNoPayment = "suspended_no_payment"
    case suspendedSpendingLimit = "suspended_spending_limit"
    case suspendedByOperator = "suspended_by_operator"

    /// HAProxy lets only these through.
    public var isServed: Bool { self == .enabled }

    /// - Returns: the state after the event, which may be the same.
    public func after(_ event: InstanceEvent) throws(IllegalInstanceChange) -> InstanceState {
        switch (self, event) {
        case (.notProvisioned, .configure), (.disabled, .configure): return .disabled
        case (.enabled, .configure), (.suspendedNoPayment, .configure),
            (.suspendedSpendingLimit, .configure):
            return self
        case (.disabled, .enable), (.enabled, .enable): return .enabled
        case (.enabled, .disable), (.disabled, .disable), (.suspendedNoPayment, .disable),
            (.suspendedSpendingLimit, .disable):
            return .disabled
        case (.enabled, .suspend(let cause)), (.suspendedNoPayment, .suspend(let cause)),
            (.suspendedSpendingLimit, .suspend(let cause)):
            return cause.state
        case (.suspendedNoPayment, .resume), (.suspendedSpendingLimit, .resume): return .enabled
        case (.enabled, .operatorSuspends), (.disabled, .operatorSuspends),
            (.suspendedNoPayment, .operatorSuspends), (.suspendedSpendingLimit, .operatorSuspends),
            (.suspendedByOperator, .operatorSuspends):
            return .suspendedByOperator
        case (.suspendedByOperator, .operatorLifts): return .disabled
        case (.notProvisioned, _), (.enabled, _), (.disabled, _), (.suspendedNoPayment, _),
            (.suspendedSpendingLimit, _), (.suspendedByOperator, _):
            throw IllegalInstanceChange(from: self, on: event)
        }
    }
}
