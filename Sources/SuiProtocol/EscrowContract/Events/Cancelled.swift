public import ByteCodecs

extension EscrowEvent {
    /// Operation `sequence` was used up without moving money.
    public struct Cancelled: Hashable, Sendable, BCSCodable {
        public let account: ObjectID
        public let sequence: UInt64
        public let reference: [UInt8]

        public init(
            account: ObjectID, sequence: UInt64, reference: [UInt8]
        ) {
            self.account = account
            self.sequence = sequence
            self.reference = reference
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            account = try reader.value()
            sequence = try reader.u64()
            reference = try reader.byteVector()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(account)
            writer.u64(sequence)
            writer.byteVector(reference)
        }
    }
}
