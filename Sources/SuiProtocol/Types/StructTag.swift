public import ByteCodecs

/// A struct or enum of Move with its type arguments: `0x2::coin::Coin<0x2::sui::SUI>`.
public struct StructTag: Hashable, Sendable {
    public let package: SuiAddress
    public let module: MoveIdentifier
    public let name: MoveIdentifier
    public let typeArguments: [TypeTag]

    public init(
        _ package: SuiAddress, _ module: MoveIdentifier, _ name: MoveIdentifier,
        _ typeArguments: [TypeTag] = []
    ) {
        self.package = package
        self.module = module
        self.name = name
        self.typeArguments = typeArguments
    }

    public var depth: Int { 1 + (typeArguments.map(\.depth).max() ?? 0) }
}

extension StructTag: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        try self.init(from: &reader, depth: 1)
    }

    init(from reader: inout SuiReader, depth: Int) throws(SuiDecodingError) {
        self.init(
            try reader.value(), try reader.value(), try reader.value(),
            try reader.vector { reader throws(SuiDecodingError) in
                try TypeTag(from: &reader, depth: depth + 1)
            })
    }

    public func write(to writer: inout BCSWriter) {
        writer.value(package)
        writer.value(module)
        writer.value(name)
        writer.values(typeArguments)
    }
}

extension StructTag: CustomStringConvertible {
    /// The canonical text; see ``TypeTag``.
    public var description: String {
        let inner = typeArguments.map(\.description).joined(separator: ",")
        return "\(package)::\(module)::\(name)" + (inner.isEmpty ? "" : "<\(inner)>")
    }

    /// As ``TypeTag``'s, for a text that has to be a struct's.
    public init(parsing text: String) throws(TypeTextError) {
        guard case .structure(let tag) = try TypeTag(parsing: text) else { throw .notAStruct }
        self = tag
    }
}
