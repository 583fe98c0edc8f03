public import ByteCodecs

/// What a transaction brings to its commands.
public enum TransactionInput: Hashable, Sendable {
    /// The BCS of a value; only the command that uses it knows its type.
    case pure([UInt8])
    case object(ObjectInput)
    case funds(FundsWithdrawal)
}

extension TransactionInput: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .pure(try reader.byteVector())
        case 1: self = .object(try reader.value())
        case 2: self = .funds(try reader.value())
        case let index: throw .unknownVariant(of: "CallArg", index: index)
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .pure(let bytes):
            writer.byte(0)
            writer.byteVector(bytes)
        case .object(let object):
            writer.byte(1)
            writer.value(object)
        case .funds(let withdrawal):
            writer.byte(2)
            writer.value(withdrawal)
        }
    }
}
