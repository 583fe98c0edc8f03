/// Whole numbers of up to 256 bits, written in decimal: how zkLogin signatures carry the
/// coordinates of their proof and the address seed.
public enum DecimalInteger {
    /// 2²⁵⁶ − 1 has this many digits.
    private static let maximumDigits = 78

    /// The number as 32 bytes, big-endian, leading zeros kept.
    ///
    /// Only the canonical text is taken: digits alone, no sign, no leading zero but that of `0`.
    public static func bigEndianBytes(of text: some StringProtocol) throws(DecimalError) -> [UInt8]
    {
        let digits = text.utf8
        guard let first = digits.first else { throw .empty }
        guard digits.count <= maximumDigits else { throw .tooLarge }
        guard first != UInt8(ascii: "0") || digits.count == 1 else { throw .leadingZero }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)  // Least significant first.
        for (offset, character) in digits.enumerated() {
            guard (48...57).contains(character) else { throw .invalidDigit(offset: offset) }
            var carry = UInt64(character - 48)
            carry = timesTen(&words.0, adding: carry)
            carry = timesTen(&words.1, adding: carry)
            carry = timesTen(&words.2, adding: carry)
            carry = timesTen(&words.3, adding: carry)
            guard carry == 0 else { throw .tooLarge }
        }
        return [words.3, words.2, words.1, words.0].flatMap { word in
            withUnsafeBytes(of: word.bigEndian) { Array($0) }
        }
    }

    /// - Returns: what does not fit into the word.
    private static func timesTen(_ word: inout UInt64, adding carry: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: 10)
        let (sum, didOverflow) = product.low.addingReportingOverflow(carry)
        word = sum
        return product.high + (didOverflow ? 1 : 0)
    }
}
