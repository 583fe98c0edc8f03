public import Identifiers

/// What is sold by the piece beside a tier.
public struct OptionPrice: Hashable, Sendable {
    /// Of these nobody can choose fewer.
    public let included: Int64
    public let maximum: Int64
    /// For each above those included, a month.
    public let monthly: MicroUSDC

    /// Whether so many can be chosen.
    func check(_ count: Int64, _ kind: FeeItem.Kind) throws(ConfigurationRefusal) {
        guard count >= included, count <= maximum else {
            throw .outOfRange(kind, minimum: included, maximum: maximum)
        }
    }

    /// How many are paid for, also of a count that an earlier version's bounds allowed.
    func paid(_ count: Int64) -> Int64 { max(0, count - included) }
}
