public import ByteCodecs

/// A call of a public or entry function of a package.
public struct MoveCall: Hashable, Sendable, BCSCodable {
    public let package: SuiAddress
    public let module: MoveIdentifier
    public let function: MoveIdentifier
    public let typeArguments: [TypeTag]
    public let arguments: [TransactionArgument]

    public init(
        _ package: SuiAddress, _ module: MoveIdentifier, _ function: MoveIdentifier,
        types: [TypeTag] = [], _ arguments: [TransactionArgument]
    ) {
        self.package = package
        self.module = module
        self.function = function
        self.typeArguments = types
        self.arguments = arguments
    }

    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        self.init(
            try reader.value(), try reader.value(), try reader.value(),
            types: try reader.values(), try reader.values())
    }

    public func write(to writer: inout BCSWriter) {
        writer.value(package)
        writer.value(module)
        writer.value(function)
        writer.values(typeArguments)
        writer.values(arguments)
    }

    /// `0x…::module::function`.
    public var name: String { "\(package)::\(module)::\(function)" }
}
