import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D) with the sizes that ``SecretSealer`` uses.
///
/// A 16-byte nonce is what Node's `crypto` is mostly used with; libsodium takes 12 bytes only.
enum AES256GCM {
    static let keyCount = 32
    static let nonceCount = 16
    static let tagCount = 16
    /// Far above any secret, and far below what OpenSSL's `int` lengths hold.
    static let maximumCount = 1 << 20

    static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: borrowing SecretBytes, nonce: [UInt8],
        additionalData: [UInt8]
    ) throws(CryptographyError) -> (ciphertext: [UInt8], tag: [UInt8]) {
        let context = try CipherContext(.seal, key: key, nonce: nonce)
        try context.authenticate(additionalData)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        try ciphertext.withUnsafeMutableBufferPointer { output throws(CryptographyError) in
            try context.update(plaintext, into: UnsafeMutableRawBufferPointer(output))
        }
        return (ciphertext, try context.finishSealing())
    }

    static func open(
        _ ciphertext: [UInt8], tag: [UInt8], key: borrowing SecretBytes, nonce: [UInt8],
        additionalData: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        let context = try CipherContext(.open, key: key, nonce: nonce)
        try context.authenticate(additionalData)
        return try SecretBytes(
            count: ciphertext.count,
            fill: { output throws(CryptographyError) in
                try ciphertext.withUnsafeBufferPointer { input throws(CryptographyError) in
                    try context.update(UnsafeRawBufferPointer(input), into: output)
                }
                try context.finishOpening(tag: tag)
            })
    }
}
