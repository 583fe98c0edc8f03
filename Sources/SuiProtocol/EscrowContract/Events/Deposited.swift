public import ByteCodecs

extension EscrowEvent {
    /// Money came into an account; `from` need not be its owner.
    public struct Deposited: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let from: SuiAddress
        public let amount: UInt64
        public let balanceAfter: UInt64

        public init(
            account: ObjectID, from: SuiAddress, amount: UInt64, balanceAfter: UInt64
        ) {
            self.account = account
            self.from = from
            self.amount = amount
            self.balanceAfter = balanceAfter
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            from = try reader.value()
            amount = try reader.u64()
            balanceAfter = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.value(from)
            writer.u64(amount)
            writer.u64(balanceAfter)
        }
    }
}
