public import ByteCodecs

/// The name of a module, function or type in Move: a letter, or `_` and more, then letters, digits
/// and `_`, all ASCII. Source: `Docs/Sources.md#types`.
public struct MoveIdentifier: Hashable, Sendable, CustomStringConvertible {
    public static let characterLimit = 128

    public let description: String

    /// - Throws: ``SuiDecodingError/invalidIdentifier``.
    public init(_ text: some StringProtocol) throws(SuiDecodingError) {
        guard Self.isIdentifier(text.utf8) else { throw .invalidIdentifier }
        description = String(text)
    }

    private static func isIdentifier(_ characters: some Collection<UInt8>) -> Bool {
        guard let first = characters.first, characters.count <= characterLimit,
            isLetter(first) || (first == underscore && characters.count > 1)
        else { return false }
        return characters.allSatisfy {
            isLetter($0) || (48...57).contains($0) || $0 == underscore
        }
    }

    private static let underscore = UInt8(ascii: "_")

    private static func isLetter(_ character: UInt8) -> Bool {
        (97...122).contains(character | 0x20) && character < 128
    }
}

extension MoveIdentifier: ExpressibleByStringLiteral {
    /// - Precondition: the literal in the source is an identifier.
    public init(stringLiteral text: StaticString) {
        description = "\(text)"
        precondition(Self.isIdentifier(description.utf8))
    }
}

extension MoveIdentifier: BCSCodable {
    public init(from reader: inout SuiReader) throws(SuiDecodingError) {
        try self.init(try reader.string())
    }

    public func write(to writer: inout BCSWriter) {
        writer.string(description)
    }
}
