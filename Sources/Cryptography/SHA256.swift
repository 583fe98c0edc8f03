import COpenSSL

/// SHA-256 (FIPS 180-4). By OpenSSL, which uses the processor's own instructions; libsodium 1.0.18
/// does not and is five times slower on a kilobyte.
public enum SHA256 {
    /// Bytes in a hash.
    public static let count = 32

    public static func hash(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { hash($0) }
    }

    /// The pointer is only read until this returns.
    static func hash(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { hash, written in
            let result = EVP_Digest(
                message.baseAddress, message.count, hash.baseAddress, nil, algorithm.pointer, nil)
            // A hash that is not one must never be compared with another.
            precondition(result == 1, "OpenSSL has no memory for SHA-256")
            written = count
        }
    }

    /// Fetched once: a fetch by name costs more than a short hash. The fallback fetches each time.
    static let algorithm = SharedCObject(
        pointer: EVP_MD_fetch(nil, "SHA256", nil) ?? EVP_sha256())
}
