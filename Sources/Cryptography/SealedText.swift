import ByteCodecs

/// The text form of a sealed secret: `IV:authTag:ciphertext` in Base64, after a rotation with the
/// key's version before it (`v2:IV:authTag:ciphertext`).
struct SealedText {
    var version: Int
    var nonce: [UInt8]
    var tag: [UInt8]
    var ciphertext: [UInt8]

    init(version: Int, nonce: [UInt8], tag: [UInt8], ciphertext: [UInt8]) {
        self.version = version
        self.nonce = nonce
        self.tag = tag
        self.ciphertext = ciphertext
    }

    /// Takes exactly what ``description`` gives.
    init(parsing text: String) throws(CryptographyError) {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false)
        version = 1
        if parts.count == 4 {
            guard let version = Self.version(in: parts[0]) else { throw .sealedTextMalformed }
            self.version = version
            parts.removeFirst()
        }
        guard parts.count == 3 else { throw .sealedTextMalformed }
        do {
            nonce = try Base64.decode(parts[0])
            tag = try Base64.decode(parts[1])
            ciphertext = try Base64.decode(parts[2])
        } catch {
            throw .sealedTextMalformed
        }
        guard nonce.count == AES256GCM.nonceCount, tag.count == AES256GCM.tagCount,
            ciphertext.count <= AES256GCM.maximumCount
        else { throw .sealedTextMalformed }
    }

    var description: String {
        let parts = [nonce, tag, ciphertext].map(Base64.encode).joined(separator: ":")
        return version == 1 ? parts : "v\(version):\(parts)"
    }

    static func version(in text: Substring) -> Int? {
        guard let version = Int(text.dropFirst()), version > 1, text == "v\(version)" else {
            return nil
        }
        return version
    }
}
