/// Why a text or bytes are no address.
public enum SuiAddressError: Error, Equatable {
    /// The text does not begin with `0x`. Others add it; a server that guesses has two spellings.
    case prefixMissing
    /// Not 1 to 64 digits, or not 32 bytes.
    case wrongLength
    case notHexadecimal
}
