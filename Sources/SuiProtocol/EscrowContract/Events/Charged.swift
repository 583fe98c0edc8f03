public import ByteCodecs

extension EscrowEvent {
    /// A charge took money: the outcome of operation `sequence`.
    public struct Charged: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let sequence: UInt64
        public let amount: UInt64
        /// At most 64 bytes; ours are a ``ChargeReference``.
        public let reference: [UInt8]
        public let balanceAfter: UInt64
        public let periodCharged: UInt64
        /// Milliseconds since 1970.
        public let periodStart: UInt64

        public init(
            account: ObjectID, sequence: UInt64, amount: UInt64, reference: [UInt8],
            balanceAfter: UInt64, periodCharged: UInt64, periodStart: UInt64
        ) {
            self.account = account
            self.sequence = sequence
            self.amount = amount
            self.reference = reference
            self.balanceAfter = balanceAfter
            self.periodCharged = periodCharged
            self.periodStart = periodStart
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            sequence = try reader.u64()
            amount = try reader.u64()
            reference = try reader.byteVector()
            balanceAfter = try reader.u64()
            periodCharged = try reader.u64()
            periodStart = try reader.u64()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.u64(sequence)
            writer.u64(amount)
            writer.byteVector(reference)
            writer.u64(balanceAfter)
            writer.u64(periodCharged)
            writer.u64(periodStart)
        }
    }
}
