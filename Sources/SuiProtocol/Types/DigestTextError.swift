/// Why a text is no digest.
public enum DigestTextError: Error, Equatable {
    case notBase58
    /// Base58, but not of 32 bytes.
    case wrongLength
}
