public import ByteCodecs

/// An object that a transaction takes in.
public enum ObjectInput: Hashable, Sendable {
    /// Owned by the sender, or immutable: this very version.
    case owned(ObjectReference)
    case shared(SharedObject, SharedMutability)
    /// Sent to another object's address, to be taken in by a call.
    case receiving(ObjectReference)

    public var id: ObjectID {
        switch self {
        case .owned(let reference), .receiving(let reference): reference.id
        case .shared(let object, _): object.id
        }
    }
}

extension ObjectInput: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .owned(try reader.value())
        case 1:
            let object = SharedObject(id: try reader.value(), initialVersion: try reader.u64())
            let index = try reader.variant()
            guard let mutability = SharedMutability(rawValue: index) else {
                throw .unknownVariant(of: "SharedObjectMutability", index: index)
            }
            self = .shared(object, mutability)
        case 2: self = .receiving(try reader.value())
        case let index: throw .unknownVariant(of: "ObjectArg", index: index)
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .owned(let reference):
            writer.byte(0)
            writer.value(reference)
        case .shared(let object, let mutability):
            writer.byte(1)
            writer.value(object.id)
            writer.u64(object.initialVersion)
            writer.byte(UInt8(mutability.rawValue))
        case .receiving(let reference):
            writer.byte(2)
            writer.value(reference)
        }
    }
}
