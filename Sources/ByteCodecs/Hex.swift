/// Base16 of RFC 4648, section 8, without a prefix.
public enum Hex {
    /// Two lower-case digits a byte.
    public static func encode(_ bytes: [UInt8]) -> String {
        bytes.withUnsafeBufferPointer(write)
    }

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable(write)
            ?? Array(bytes).withUnsafeBufferPointer(write)
    }

    /// Takes digits in either case and nothing else.
    ///
    /// - Throws: ``HexError``, naming the first offence.
    public static func decode(_ text: some StringProtocol) throws(HexError) -> [UInt8] {
        let result =
            text.utf8.withContiguousStorageIfAvailable(read)
            ?? Array(text.utf8).withUnsafeBufferPointer(read)
        return try result.get()
    }

    private static func write(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digit(byte >> 4)
                text[2 * index + 1] = digit(byte & 15)
            }
            return 2 * bytes.count
        }
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>) -> Result<[UInt8], HexError> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8 = 0
        for (offset, character) in text.enumerated() {
            guard let value = value(of: character) else {
                return .failure(.invalidDigit(offset: offset))
            }
            if offset.isMultiple(of: 2) {
                high = value << 4
            } else {
                bytes.append(high | value)
            }
        }
        guard text.count.isMultiple(of: 2) else { return .failure(.oddLength(text.count)) }
        return .success(bytes)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 48 + value : 87 + value
    }

    /// The value of one digit in ASCII, or nil.
    static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 48...57: character - 48
        case 65...70: character - 55
        case 97...102: character - 87
        default: nil
        }
    }
}
