public import ByteCodecs

extension EscrowEvent {
    /// A charge took no money. Unless it was stale, it is the outcome of operation `sequence`.
    public struct Declined: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let sequence: UInt64
        public let amount: UInt64
        public let reference: [UInt8]
        public let reason: DeclineReason
        public let balance: UInt64
        public let periodCharged: UInt64

        public init(
            account: ObjectID, sequence: UInt64, amount: UInt64, reference: [UInt8],
            reason: DeclineReason, balance: UInt64, periodCharged: UInt64
        ) {
            self.account = account
            self.sequence = sequence
            self.amount = amount
            self.reference = reference
            self.reason = reason
            self.balance = balance
            self.periodCharged = periodCharged
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            sequence = try reader.u64()
            amount = try reader.u64()
            reference = try reader.byteVector()
            reason = try reader.value()
            balance = try reader.u64()
            periodCharged = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.u64(sequence)
            writer.u64(amount)
            writer.byteVector(reference)
            writer.value(reason)
            writer.u64(balance)
            writer.u64(periodCharged)
        }
    }
}
