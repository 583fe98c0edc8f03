import ByteCodecs
import Cryptography

/// What a user signs, with its purpose: no signature for one purpose counts for another.
public enum Intent: Sendable, Equatable {
    /// The bytes as shown to the user.
    case personalMessage([UInt8])
    /// BCS of a `TransactionData`.
    case transaction([UInt8])

    /// BLAKE2b-256 over intent (scope, version, application) and content, 32 bytes: what every
    /// scheme signs. Source: `Docs/Sources.md#intents`.
    public var signingDigest: [UInt8] {
        switch self {
        case .personalMessage(let message):
            var length = BCSWriter()
            length.uleb128(UInt32(clamping: message.count))
            return BLAKE2b.hash256([3, 0, 0], length.bytes, message)
        case .transaction(let data):
            return BLAKE2b.hash256([0, 0, 0], data)
        }
    }
}
