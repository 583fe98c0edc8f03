/// Why a cryptographic operation other than a signature's check was not done.
///
/// Cases carry lengths and names of functions; never keys, plaintext or ciphertext.
public enum CryptographyError: Error, Equatable {
    /// No guarded memory could be had for a secret; raise `RLIMIT_MEMLOCK` or free memory.
    case lockedMemoryExhausted(bytes: Int)
    case invalidKeyLength(expected: Int, actual: Int)
    /// More bytes than the operation can take or give.
    case tooLong(maximum: Int, actual: Int)
    /// Two keys for one version, a version below 1, or no key at all.
    case invalidKeyVersions
    /// Not the text form that ``SecretSealer`` writes.
    case sealedTextMalformed
    /// Sealed under a key that is not, or no longer, configured.
    case unknownKeyVersion(Int)
    /// Changed since it was sealed, sealed under another key, or for another place.
    case authenticationFailed
    /// A function of a C library failed where only a lack of memory can make it fail.
    case libraryFailure(function: String)
}
