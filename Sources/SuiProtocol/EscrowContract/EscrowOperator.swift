public import ByteCodecs

/// The contents of an `Operator` object.
public struct EscrowOperator: Hashable, Sendable, BCSCodable {
    public let id: ObjectID
    /// The only address that may charge.
    public let charger: SuiAddress
    /// Where every charge goes; never changes.
    public let treasury: SuiAddress

    public init(id: ObjectID, charger: SuiAddress, treasury: SuiAddress) {
        self.id = id
        self.charger = charger
        self.treasury = treasury
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(
            id: try reader.value(), charger: try reader.value(), treasury: try reader.value())
    }

    public func write(to writer: inout BCSWriter) {
        writer.value(id)
        writer.value(charger)
        writer.value(treasury)
    }
}
