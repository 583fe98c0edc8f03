public import ByteCodecs

/// Where a command takes a value from.
public enum TransactionArgument: Hashable, Sendable {
    case gasCoin
    case input(UInt16)
    /// The one value of an earlier command.
    case result(UInt16)
    /// One of the values of an earlier command: command, then place.
    case nestedResult(UInt16, UInt16)
}

extension TransactionArgument: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .gasCoin
        case 1: self = .input(try reader.u16())
        case 2: self = .result(try reader.u16())
        case 3: self = .nestedResult(try reader.u16(), try reader.u16())
        case let index: throw .unknownVariant(of: "Argument", index: index)
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .gasCoin: writer.byte(0)
        case .input(let index):
            writer.byte(1)
            writer.u16(index)
        case .result(let command):
            writer.byte(2)
            writer.u16(command)
        case .nestedResult(let command, let place):
            writer.byte(3)
            writer.u16(command)
            writer.u16(place)
        }
    }
}
