public import ByteCodecs

extension EscrowEvent {
    /// The owner changed the limit; 0 is none.
    public struct SpendingLimitChanged: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let oldLimit: UInt64
        public let newLimit: UInt64

        public init(
            account: ObjectID, oldLimit: UInt64, newLimit: UInt64
        ) {
            self.account = account
            self.oldLimit = oldLimit
            self.newLimit = newLimit
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            oldLimit = try reader.u64()
            newLimit = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.u64(oldLimit)
            writer.u64(newLimit)
        }
    }
}
