import Identifiers

/// The UUID that HAProxy gave a request. With time and edge it names a line for ever.
public struct LineID: Hashable, Sendable, CustomStringConvertible {
    public static let textCount = 36

    /// The sixteen bytes as numbers, most significant first.
    let high: UInt64
    let low: UInt64

    /// 36 characters with lower-case digits, of any version; nil for any other spelling.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.textCount,
            [8, 13, 18, 23].allSatisfy({ text[$0] == UInt8(ascii: "-") }),
            let first = HexWord.read(text, at: 0, count: 8),
            let second = HexWord.read(text, at: 9, count: 4),
            let third = HexWord.read(text, at: 14, count: 4),
            let fourth = HexWord.read(text, at: 19, count: 4),
            let fifth = HexWord.read(text, at: 24, count: 12)
        else { return nil }
        high = first << 32 | second << 16 | third
        low = fourth << 48 | fifth
    }

    /// As the other, from text.
    public init?(_ text: String) {
        let characters = Array(text.utf8)
        guard let id = characters.withUnsafeBufferPointer({ LineID($0) }) else { return nil }
        self = id
    }

    /// Sixteen, most significant first.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    public var description: String { UUIDv7(bytes: bytes)?.description ?? "" }
}
