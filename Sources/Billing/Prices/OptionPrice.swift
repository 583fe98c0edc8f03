public import Identifiers

/// What is sold by the piece beside a tier.
public struct OptionPrice: Hashable, Sendable {
    /// Of these nobody can have fewer.
    public let included: Int64
    public let maximum: Int64
    /// For each above those included, a month.
    public let monthly: MicroUSDC

    /// - Returns: how many are paid for.
    func paid(_ count: Int64, _ kind: FeeItem.Kind) throws(ConfigurationRefusal) -> Int64 {
        guard count >= included, count <= maximum else {
            throw .outOfRange(kind, minimum: included, maximum: maximum)
        }
        return count - included
    }
}
