public import ByteCodecs

/// Until when a signed transaction can run. Without one it can for ever.
public enum TransactionExpiration: Hashable, Sendable {
    case none
    /// The last epoch in which it may run.
    case epoch(UInt64)
    case validDuring(ValidityWindow)
    /// Of a newer protocol: read, never written by us. Nil: any validator may propose it.
    case validity(ValidityWindow, proposers: Proposers?)

    /// The validators, by their index in an epoch's committee, that may propose a transaction.
    public struct Proposers: Hashable, Sendable {
        public let epoch: UInt64
        public let validators: [UInt32]
    }
}

extension TransactionExpiration: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .none
        case 1: self = .epoch(try reader.u64())
        case 2: self = .validDuring(try reader.value())
        case 3:
            let window: ValidityWindow = try reader.value()
            let proposers = try reader.option { reader throws(SuiDecodingError) in
                try Proposers(from: &reader)
            }
            self = .validity(window, proposers: proposers)
        case let index: throw .unknownVariant(of: "TransactionExpiration", index: index)
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .none: writer.byte(0)
        case .epoch(let last):
            writer.byte(1)
            writer.u64(last)
        case .validDuring(let window):
            writer.byte(2)
            writer.value(window)
        case .validity(let window, let proposers):
            writer.byte(3)
            writer.value(window)
            writer.option(proposers) { $0.value($1) }
        }
    }
}

extension TransactionExpiration.Proposers: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        epoch = try reader.u64()
        validators = try reader.vector { reader throws(SuiDecodingError) in try reader.u32() }
    }

    public func write(to writer: inout BCSWriter) {
        writer.u64(epoch)
        writer.vector(validators) { $0.u32($1) }
    }
}
