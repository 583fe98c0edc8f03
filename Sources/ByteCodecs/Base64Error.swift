/// Why a text is not the Base64 that one encoder would have written.
public enum Base64Error: Error, Equatable {
    /// No number of bytes encodes to this many characters.
    case invalidLength(Int)
    /// A character outside the alphabet, padding in the wrong place included.
    ///
    /// - Parameter offset: in UTF-8 bytes from the start of the text.
    case invalidCharacter(offset: Int)
    /// Bits of the last character that stand for nothing are set: a second spelling of a value.
    case unusedBitsSet
}
