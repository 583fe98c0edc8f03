public import ByteCodecs

/// One step of a programmable transaction.
public enum TransactionCommand: Hashable, Sendable {
    case moveCall(MoveCall)
    case transferObjects([TransactionArgument], to: TransactionArgument)
    case splitCoins(TransactionArgument, amounts: [TransactionArgument])
    case mergeCoins(into: TransactionArgument, [TransactionArgument])
    /// Modules as bytecode; packages they need.
    case publish(modules: [[UInt8]], dependencies: [ObjectID])
    /// The type may be left out only where an object tells it.
    case makeMoveVector(TypeTag?, [TransactionArgument])
    case upgrade(
        modules: [[UInt8]], dependencies: [ObjectID], package: ObjectID,
        ticket: TransactionArgument)
}

extension TransactionCommand: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        switch try reader.variant() {
        case 0: self = .moveCall(try reader.value())
        case 1: self = .transferObjects(try reader.values(), to: try reader.value())
        case 2: self = .splitCoins(try reader.value(), amounts: try reader.values())
        case 3: self = .mergeCoins(into: try reader.value(), try reader.values())
        case 4:
            self = .publish(modules: try Self.modules(&reader), dependencies: try reader.values())
        case 5:
            let type = try reader.option { reader throws(SuiDecodingError) in
                try TypeTag(from: &reader)
            }
            self = .makeMoveVector(type, try reader.values())
        case 6:
            self = .upgrade(
                modules: try Self.modules(&reader), dependencies: try reader.values(),
                package: try reader.value(), ticket: try reader.value())
        case let index: throw .unknownVariant(of: "Command", index: index)
        }
    }

    private static func modules(
        _ reader: inout SuiReader
    ) throws(SuiDecodingError) -> [[UInt8]] {
        try reader.vector { reader throws(SuiDecodingError) in try reader.byteVector() }
    }

    public func write(to writer: inout BCSWriter) {
        writer.byte(index)
        switch self {
        case .moveCall(let call):
            writer.value(call)
        case .transferObjects(let objects, let recipient):
            writer.values(objects)
            writer.value(recipient)
        case .splitCoins(let coin, let amounts):
            writer.value(coin)
            writer.values(amounts)
        case .mergeCoins(let target, let coins):
            writer.value(target)
            writer.values(coins)
        case .publish(let modules, let dependencies):
            writer.vector(modules) { $0.byteVector($1) }
            writer.values(dependencies)
        case .makeMoveVector(let type, let elements):
            writer.option(type) { $0.value($1) }
            writer.values(elements)
        case .upgrade(let modules, let dependencies, let package, let ticket):
            writer.vector(modules) { $0.byteVector($1) }
            writer.values(dependencies)
            writer.value(package)
            writer.value(ticket)
        }
    }

    private var index: UInt8 {
        switch self {
        case .moveCall: 0
        case .transferObjects: 1
        case .splitCoins: 2
        case .mergeCoins: 3
        case .publish: 4
        case .makeMoveVector: 5
        case .upgrade: 6
        }
    }
}
