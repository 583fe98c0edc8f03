/// Why a text is no API key: found without the database, and before a request is wasted on it.
public enum APIKeyRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// It does not begin with `slk_`, a letter and `_`.
    case wrongPrefix
    case wrongLength(expected: Int, actual: Int)
    /// The letter stands for no service.
    case unknownService
    /// Offset from the key's start.
    case invalidCharacter(offset: Int)
    /// Characters were mistaken, swapped, or never were a key.
    case checksumMismatch

    /// Stable; what clients hear.
    public var code: String {
        switch self {
        case .wrongPrefix: "api_key_wrong_prefix"
        case .wrongLength: "api_key_wrong_length"
        case .unknownService: "api_key_unknown_service"
        case .invalidCharacter: "api_key_invalid_character"
        case .checksumMismatch: "api_key_checksum_mismatch"
        }
    }

    public var description: String {
        switch self {
        case .wrongPrefix: "an API key begins with slk_, a letter and _"
        case .wrongLength(let expected, let actual):
            "an API key has \(expected) characters, not \(actual)"
        case .unknownService: "the letter after slk_ stands for no service"
        case .invalidCharacter(let offset): "character \(offset + 1) is in no API key"
        case .checksumMismatch: "a character of the API key is wrong"
        }
    }
}
