public import ByteCodecs
public import Cryptography

/// Why a text is no private key that can be used. Nothing of the text is in here.
public enum SuiPrivateKeyError: Error, Equatable {
    /// Not Bech32 with the prefix `suiprivkey`.
    case notBech32(Bech32Error)
    /// A scheme that is known, but not signed with here.
    case unsupportedScheme(SignatureScheme)
    case unknownFlag(UInt8)
    /// Bytes of a key, without its flag.
    case wrongLength(expected: Int, actual: Int)
    case cryptography(CryptographyError)
}
