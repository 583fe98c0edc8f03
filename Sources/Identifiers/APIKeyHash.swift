import ByteCodecs

/// SHA-256 of an API key's text: what the database, HAProxy's map and its log know of a key.
public struct APIKeyHash: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let count = 32
    public static let hexCount = 64

    /// Most significant first.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        func word(_ index: Int) -> UInt64 {
            bytes[8 * index..<8 * index + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// 64 lower-case hex digits, as HAProxy writes and looks them up; nil for any other spelling.
    public init?(hex digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == Self.hexCount, let first = HexWord.read(digits, at: 0),
            let second = HexWord.read(digits, at: 16), let third = HexWord.read(digits, at: 32),
            let fourth = HexWord.read(digits, at: 48)
        else { return nil }
        words = (first, second, third, fourth)
    }

    /// As the other, from text.
    public init?(hex text: String) {
        let digits = Array(text.utf8)
        guard let hash = digits.withUnsafeBufferPointer({ APIKeyHash(hex: $0) }) else { return nil }
        self = hash
    }

    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
    }

    /// 64 lower-case hex digits.
    public var description: String { Hex.encode(bytes) }

    /// Appends the bytes of ``description``: a vault has a million of them.
    public func append(to text: inout [UInt8]) {
        Self.append(words.0, to: &text)
        Self.append(words.1, to: &text)
        Self.append(words.2, to: &text)
        Self.append(words.3, to: &text)
    }

    private static func append(_ word: UInt64, to text: inout [UInt8]) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: word >> shift & 15)
            text.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
        }
    }

    public static func == (left: APIKeyHash, right: APIKeyHash) -> Bool {
        left.words == right.words
    }

    public static func < (left: APIKeyHash, right: APIKeyHash) -> Bool {
        left.words < right.words
    }

    public func hash(into hasher: inout Hasher) {
        // Bytes of SHA-256 are as good as any others, and one word tells keys apart.
        hasher.combine(words.0)
    }
}
