public import ByteCodecs

extension EscrowEvent {
    /// A customer opened an account, with whichever operator.
    public struct AccountOpened: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let tracker: ObjectID
        public let owner: SuiAddress
        public let `operator`: ObjectID
        /// For each period; 0 is no limit.
        public let spendingLimit: UInt64
        /// Milliseconds since 1970, by the chain's clock.
        public let timestamp: UInt64

        public init(
            account: ObjectID, tracker: ObjectID, owner: SuiAddress, operator: ObjectID,
            spendingLimit: UInt64, timestamp: UInt64
        ) {
            self.account = account
            self.tracker = tracker
            self.owner = owner
            self.operator = `operator`
            self.spendingLimit = spendingLimit
            self.timestamp = timestamp
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            tracker = try reader.value()
            owner = try reader.value()
            `operator` = try reader.value()
            spendingLimit = try reader.u64()
            timestamp = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.value(tracker)
            writer.value(owner)
            writer.value(`operator`)
            writer.u64(spendingLimit)
            writer.u64(timestamp)
        }
    }
}
