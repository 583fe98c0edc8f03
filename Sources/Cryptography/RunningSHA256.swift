import CSodium

/// SHA-256 (FIPS 180-4) of bytes that come in parts, so that none but the newest is held.
/// By libsodium, whose state is a plain value; ``SHA256`` is the faster one for what is at hand.
public struct RunningSHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    public init() { crypto_hash_sha256_init(&state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        crypto_hash_sha256_update(
            &state, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    /// Of all parts until now; more may follow.
    public var digest: [UInt8] {
        var ending = state
        var digest = [UInt8](repeating: 0, count: SHA256.count)
        crypto_hash_sha256_final(&ending, &digest)
        return digest
    }
}
