/// Reads the text form of Move's types.
struct TypeTextParser {
    /// More than any type that Sui takes needs in practice.
    static let characterLimit = 16_384

    private let characters: [UInt8]
    private var offset = 0

    init(_ text: String) {
        characters = Array(text.utf8.prefix(Self.characterLimit + 1))
    }

    /// - Returns: the type that the whole text names.
    mutating func whole() throws(TypeTextError) -> TypeTag {
        guard characters.count <= Self.characterLimit else { throw .tooLong }
        let type = try type(depth: 1)
        guard offset == characters.count else { throw .unexpected(offset: offset) }
        return type
    }

    private mutating func type(depth: Int) throws(TypeTextError) -> TypeTag {
        guard depth <= TypeTag.depthLimit else { throw .tooDeep(limit: TypeTag.depthLimit) }
        let start = offset
        let word = word()
        if word == "vector" {
            try expect("<")
            let element = try type(depth: depth + 1)
            try expect(">")
            return .vector(element)
        }
        if let found = TypeTag.primitives.first(where: { $0.name == word }) { return found.tag }
        guard let package = try? SuiAddress(parsing: word) else {
            throw .unexpected(offset: start)
        }
        let module = try identifier()
        let name = try identifier()
        return .structure(StructTag(package, module, name, try arguments(depth: depth)))
    }

    private mutating func arguments(depth: Int) throws(TypeTextError) -> [TypeTag] {
        guard take("<") else { return [] }
        var types = [try type(depth: depth + 1)]
        while take(",") {
            _ = take(" ")
            types.append(try type(depth: depth + 1))
        }
        try expect(">")
        return types
    }

    private mutating func identifier() throws(TypeTextError) -> MoveIdentifier {
        try expect(":")
        try expect(":")
        let start = offset
        guard let identifier = try? MoveIdentifier(word()) else {
            throw .unexpected(offset: start)
        }
        return identifier
    }

    /// Letters, digits and underscores from here on.
    private mutating func word() -> String {
        let found = characters[offset...].prefix {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || $0 == UInt8(ascii: "_")
        }
        offset += found.count
        return String(decoding: found, as: UTF8.self)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < characters.count, characters[offset] == UInt8(ascii: character) else {
            return false
        }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TypeTextError) {
        guard take(character) else { throw .unexpected(offset: offset) }
    }
}
