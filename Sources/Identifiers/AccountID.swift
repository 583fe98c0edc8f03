import ByteCodecs

/// An escrow account's object on chain.
public struct AccountID: Hashable, Sendable, CustomStringConvertible {
    public static let byteCount = 32

    /// Always 32.
    public let bytes: [UInt8]

    /// Nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads `0x` and 64 lower-case hex digits, the form that ``description`` writes.
    public init?(_ text: String) {
        guard text.utf8.count == 2 + 2 * Self.byteCount, text.hasPrefix("0x"),
            let bytes = try? Hex.decode(text.dropFirst(2)), "0x" + Hex.encode(bytes) == text
        else { return nil }
        self.bytes = bytes
    }

    public var description: String { "0x" + Hex.encode(bytes) }
}

extension AccountID: Comparable {
    public static func < (left: AccountID, right: AccountID) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
