public import ByteCodecs

extension EscrowEvent {
    /// An operator was made. Anyone can make one.
    public struct OperatorCreated: Hashable, Sendable, BCSCodable {
        public let `operator`: ObjectID
        public let charger: SuiAddress
        public let treasury: SuiAddress

        public init(
            operator: ObjectID, charger: SuiAddress, treasury: SuiAddress
        ) {
            self.operator = `operator`
            self.charger = charger
            self.treasury = treasury
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            `operator` = try reader.value()
            charger = try reader.value()
            treasury = try reader.value()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(`operator`)
            writer.value(charger)
            writer.value(treasury)
        }
    }
}
