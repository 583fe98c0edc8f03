/// A refund, as services name it. On chain and in the ledger it is an operation like a charge, so
/// that its id is also a ``ChargeID``.
public struct RefundID: Hashable, Sendable, CustomStringConvertible {
    public let operation: ChargeID

    public init(_ operation: ChargeID) { self.operation = operation }

    public init?(_ text: String) {
        guard let operation = ChargeID(text) else { return nil }
        self.operation = operation
    }

    public var description: String { operation.description }
}
