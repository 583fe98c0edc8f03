/// Why a text is not hexadecimal.
public enum HexError: Error, Equatable {
    /// Digits come in pairs; this many do not.
    case oddLength(Int)
    /// - Parameter offset: in UTF-8 bytes from the start of the text.
    case invalidDigit(offset: Int)
}
