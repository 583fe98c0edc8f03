/// Sixteen lower-case hex digits as a number, without an array on the way: a line of the log has
/// six of them, and there are a hundred thousand lines a second.
public enum HexWord {
    /// - Returns: nil for an upper-case digit and everything else that is none.
    public static func read(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> UInt64? {
        read(text, at: offset, count: 16)
    }

    /// - Parameter count: digits, at most 16. `text` must reach that far.
    public static func read(
        _ text: UnsafeBufferPointer<UInt8>, at offset: Int, count: Int
    ) -> UInt64? {
        var word: UInt64 = 0
        for index in offset..<offset + count {
            switch text[index] {
            case 48...57: word = word << 4 | UInt64(text[index] - 48)
            case 97...102: word = word << 4 | UInt64(text[index] - 87)
            default: return nil
            }
        }
        return word
    }
}
