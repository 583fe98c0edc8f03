/// Why a text is not Base58.
public enum Base58Error: Error, Equatable {
    /// - Parameter offset: in UTF-8 bytes from the start of the text.
    case invalidCharacter(offset: Int)
    /// More characters than are read; see ``Base58/characterLimit``.
    case tooLong(Int)
}
