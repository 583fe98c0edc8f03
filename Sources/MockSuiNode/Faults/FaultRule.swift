/// When a fault strikes.
public struct FaultRule: Sendable, Equatable {
    public let fault: Fault
    /// From 0 to 1, for each request.
    public let probability: Double
    /// An operation (``NodeOperation``), a JSON-RPC method or a GraphQL root field; nil for all.
    public let method: String?
    /// How often at most; nil for ever.
    public let count: Int?
    /// How much, in the fault's own unit.
    public let amount: Int64

    public init(
        _ fault: Fault, probability: Double = 1, method: String? = nil, count: Int? = nil,
        amount: Int64? = nil
    ) {
        self.fault = fault
        self.probability = probability
        self.method = method
        self.count = count
        self.amount = amount ?? fault.usualAmount
    }
}
