public import ByteCodecs

extension EscrowEvent {
    /// The owner took money out.
    public struct Withdrawn: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let amount: UInt64
        public let balanceAfter: UInt64

        public init(
            account: ObjectID, amount: UInt64, balanceAfter: UInt64
        ) {
            self.account = account
            self.amount = amount
            self.balanceAfter = balanceAfter
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            amount = try reader.u64()
            balanceAfter = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.u64(amount)
            writer.u64(balanceAfter)
        }
    }
}
