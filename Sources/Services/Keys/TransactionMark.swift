/// The number of a database transaction (`xid8`), in decimal digits: a version of the vault whose
/// snapshot sees that transaction has what it did.
public struct TransactionMark: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Nil unless it is a number of at most 64 bits.
    public init?(_ text: String) {
        guard let number = UInt64(text) else { return nil }
        description = String(number)
    }
}
