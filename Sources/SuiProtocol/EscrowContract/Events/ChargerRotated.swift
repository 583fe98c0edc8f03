public import ByteCodecs

extension EscrowEvent {
    /// Another address charges from now on.
    public struct ChargerRotated: Hashable, Sendable, BCSCodable {
        public let `operator`: ObjectID
        public let oldCharger: SuiAddress
        public let newCharger: SuiAddress

        public init(
            operator: ObjectID, oldCharger: SuiAddress, newCharger: SuiAddress
        ) {
            self.operator = `operator`
            self.oldCharger = oldCharger
            self.newCharger = newCharger
        }

        public init(from reader: inout SuiReader) throws(SuiDecodingError) {
            `operator` = try reader.value()
            oldCharger = try reader.value()
            newCharger = try reader.value()
        }

        public func write(to writer: inout BCSWriter) {
            writer.value(`operator`)
            writer.value(oldCharger)
            writer.value(newCharger)
        }
    }
}
