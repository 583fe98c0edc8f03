public import Determinism

/// Seals secrets for the database: AES-256-GCM, bound to the place where they are kept, so that a
/// row's secret moved to another row does not open. Node's `crypto` reads the form.
public struct SecretSealer: Sendable {
    private let current: SealingKey
    private let older: [SealingKey]

    /// - Parameter keys: the current one first; the others only open what was sealed before.
    /// - Throws: ``CryptographyError/invalidKeyVersions`` for none, or one version twice.
    public init(keys: [SealingKey]) throws(CryptographyError) {
        guard let current = keys.first, Set(keys.map(\.version)).count == keys.count else {
            throw .invalidKeyVersions
        }
        self.current = current
        older = Array(keys.dropFirst())
    }

    /// With the first key, version 1; 32 bytes.
    public init(key: consuming SecretBytes) throws(CryptographyError) {
        current = try SealingKey(version: 1, secret: SharedSecret(key))
        older = []
    }

    /// - Parameters:
    ///   - plaintext: at most 1 MiB.
    ///   - context: where the result is kept, as `table.row.column`; needed again to open.
    /// - Returns: `IV:authTag:ciphertext`, each in Base64, after `v2:` and so on for later keys.
    public func seal(
        _ plaintext: [UInt8], context: String, _ surroundings: Surroundings
    ) throws(CryptographyError) -> String {
        try plaintext.withUnsafeBufferPointer { plaintext throws(CryptographyError) in
            try seal(UnsafeRawBufferPointer(plaintext), context, surroundings)
        }
    }

    /// As the other `seal`, without a copy outside guarded memory.
    public func seal(
        _ plaintext: borrowing SecretBytes, context: String, _ surroundings: Surroundings
    ) throws(CryptographyError) -> String {
        try plaintext.withUnsafeBytes { plaintext throws(CryptographyError) in
            try seal(plaintext, context, surroundings)
        }
    }

    /// - Throws: ``CryptographyError/authenticationFailed`` for a changed text, another key or
    ///   another context; ``CryptographyError/sealedTextMalformed``;
    ///   ``CryptographyError/unknownKeyVersion(_:)``.
    public func open(_ text: String, context: String) throws(CryptographyError) -> SecretBytes {
        let sealed = try SealedText(parsing: text)
        let candidates = [current] + older
        guard let key = candidates.first(where: { $0.version == sealed.version }) else {
            throw .unknownKeyVersion(sealed.version)
        }
        return try AES256GCM.open(
            sealed.ciphertext, tag: sealed.tag, key: key.secret.bytes, nonce: sealed.nonce,
            additionalData: Array(context.utf8))
    }

    /// Version of the key that seals.
    public var version: Int { current.version }

    /// Whether a text was sealed with an older key and should be sealed anew.
    public func isStale(_ text: String) throws(CryptographyError) -> Bool {
        try SealedText(parsing: text).version != current.version
    }

    /// Which version's key a text that was sealed says it needs. Nothing else of it is looked at.
    public static func version(of text: String) -> Int {
        // What has no version begins with 24 characters of Base64 before its first colon.
        guard text.utf8.first == UInt8(ascii: "v"),
            let end = text.utf8.prefix(11).firstIndex(of: UInt8(ascii: ":"))
        else { return 1 }
        return SealedText.version(in: text[..<end]) ?? 1
    }

    private func seal(
        _ plaintext: UnsafeRawBufferPointer, _ context: String, _ surroundings: Surroundings
    ) throws(CryptographyError) -> String {
        guard plaintext.count <= AES256GCM.maximumCount else {
            throw .tooLong(maximum: AES256GCM.maximumCount, actual: plaintext.count)
        }
        let nonce = surroundings.randomBytes(AES256GCM.nonceCount)
        let (ciphertext, tag) = try AES256GCM.seal(
            plaintext, key: current.secret.bytes, nonce: nonce,
            additionalData: Array(context.utf8))
        return SealedText(
            version: current.version, nonce: nonce, tag: tag, ciphertext: ciphertext
        ).description
    }
}
