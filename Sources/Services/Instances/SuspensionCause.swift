/// Why a service stops by itself.
public enum SuspensionCause: Hashable, Sendable {
    case noPayment
    case spendingLimit

    public var state: InstanceState {
        switch self {
        case .noPayment: .suspendedNoPayment
        case .spendingLimit: .suspendedSpendingLimit
        }
    }
}
