public import ByteCodecs

/// A type of Move, as type arguments, events and objects name it.
///
/// Source of the layout: `Docs/Sources.md#types`.
public indirect enum TypeTag: Hashable, Sendable {
    case bool, u8, u16, u32, u64, u128, u256, address, signer
    case vector(TypeTag)
    case structure(StructTag)

    /// How many types may stand inside each other, the outermost counted.
    public static let depthLimit = 16

    /// The names and BCS indices of the types without parts.
    static let primitives: [(tag: TypeTag, name: String, index: Int)] = [
        (.bool, "bool", 0), (.u8, "u8", 1), (.u64, "u64", 2), (.u128, "u128", 3),
        (.address, "address", 4), (.signer, "signer", 5), (.u16, "u16", 8), (.u32, "u32", 9),
        (.u256, "u256", 10),
    ]

    /// How many types stand inside each other here; 1 for `u8`.
    public var depth: Int {
        switch self {
        case .vector(let element): 1 + element.depth
        case .structure(let tag): tag.depth
        default: 1
        }
    }
}

extension TypeTag: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        try self.init(from: &reader, depth: 1)
    }

    /// - Parameter depth: where this type stands, 1 being the outermost.
    init(from reader: inout SuiReader, depth: Int) throws(SuiDecodingError) {
        guard depth <= Self.depthLimit else { throw .typeTooDeep(limit: Self.depthLimit) }
        switch try reader.variant() {
        case 6: self = .vector(try TypeTag(from: &reader, depth: depth + 1))
        case 7: self = .structure(try StructTag(from: &reader, depth: depth))
        case let index:
            guard let found = Self.primitives.first(where: { $0.index == index }) else {
                throw .unknownVariant(of: "TypeTag", index: index)
            }
            self = found.tag
        }
    }

    public func write(to writer: inout BCSWriter) {
        switch self {
        case .vector(let element):
            writer.byte(6)
            element.write(to: &writer)
        case .structure(let tag):
            writer.byte(7)
            tag.write(to: &writer)
        default:
            guard let found = Self.primitives.first(where: { $0.tag == self }) else { return }
            writer.byte(UInt8(found.index))
        }
    }
}

extension TypeTag: CustomStringConvertible {
    /// The canonical text, addresses with all their digits: what texts are to be compared by.
    public var description: String {
        switch self {
        case .vector(let element): "vector<\(element)>"
        case .structure(let tag): tag.description
        default: Self.primitives.first { $0.tag == self }?.name ?? ""
        }
    }

    /// Reads a type's text; addresses may lack leading zeros, one blank may follow a comma.
    public init(parsing text: String) throws(TypeTextError) {
        var parser = TypeTextParser(text)
        self = try parser.whole()
    }
}
