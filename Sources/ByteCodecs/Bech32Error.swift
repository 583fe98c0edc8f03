/// Why a text is not Bech32 with the prefix asked for. Nothing of the text is in here: what it
/// holds is mostly a secret.
public enum Bech32Error: Error, Equatable {
    case tooLong
    case separatorMissing
    case mixedCase
    /// Another prefix than the one asked for, or one that cannot stand in such a text.
    case invalidPrefix
    /// - Parameter offset: in UTF-8 bytes from the start of the text.
    case invalidCharacter(offset: Int)
    case checksumMismatch
    /// Bits beyond the last whole byte that are set, or too many of them.
    case spareBits
}
