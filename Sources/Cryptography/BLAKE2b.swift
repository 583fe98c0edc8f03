import CSodium

/// BLAKE2b (RFC 7693) with a 32-byte result, no key and no salt: Sui's hash for addresses and for
/// what is signed. It is not the first half of the 64-byte hash.
public enum BLAKE2b {
    /// The hash of the parts put together, without lengths between them.
    public static func hash256(_ parts: [UInt8]...) -> [UInt8] {
        let message = parts.count == 1 ? parts[0] : Array(parts.joined())
        var hash = [UInt8](repeating: 0, count: 32)
        crypto_generichash(&hash, hash.count, message, UInt64(message.count), nil, 0)
        return hash
    }
}
