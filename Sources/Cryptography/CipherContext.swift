import COpenSSL

/// Owner of one OpenSSL cipher context, for one message.
struct CipherContext: ~Copyable {
    enum Direction: Int32 {
        case open = 0
        case seal = 1
    }

    private let context: OpaquePointer

    init(
        _ direction: Direction, key: borrowing SecretBytes, nonce: [UInt8]
    ) throws(CryptographyError) {
        guard let context = EVP_CIPHER_CTX_new() else {
            throw .libraryFailure(function: "EVP_CIPHER_CTX_new")
        }
        // The nonce's length has to be set between choosing the cipher and giving the nonce.
        let didStart = key.withUnsafeBytes { key in
            EVP_CipherInit_ex(
                context, Self.algorithm.pointer, nil, nil, nil, direction.rawValue) == 1
                && EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_SET_IVLEN, Int32(nonce.count), nil) == 1
                && EVP_CipherInit_ex(
                    context, nil, nil, key.baseAddress, nonce, direction.rawValue) == 1
        }
        guard didStart else {
            EVP_CIPHER_CTX_free(context)
            throw .libraryFailure(function: "EVP_CipherInit_ex")
        }
        self.context = context
    }

    deinit { EVP_CIPHER_CTX_free(context) }  // Wipes the key's schedule.

    func authenticate(_ additionalData: [UInt8]) throws(CryptographyError) {
        var count: Int32 = 0
        let result = EVP_CipherUpdate(
            context, nil, &count, additionalData, Int32(additionalData.count))
        guard result == 1 else { throw .libraryFailure(function: "EVP_CipherUpdate") }
    }

    /// - Parameter output: as long as `input`, whose length is below 2³¹.
    func update(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard !input.isEmpty else { return }
        var count: Int32 = 0
        let result = EVP_CipherUpdate(
            context, output.baseAddress, &count, input.baseAddress, Int32(input.count))
        guard result == 1, count == Int32(input.count) else {
            throw .libraryFailure(function: "EVP_CipherUpdate")
        }
    }

    func finishSealing() throws(CryptographyError) -> [UInt8] {
        var rest = [UInt8](repeating: 0, count: AES256GCM.tagCount)
        var tag = rest
        var count: Int32 = 0
        guard EVP_CipherFinal_ex(context, &rest, &count) == 1,
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1
        else { throw .libraryFailure(function: "EVP_CipherFinal_ex") }
        return tag
    }

    /// What ``update(_:into:)`` gave counts only when this does not throw.
    func finishOpening(tag: [UInt8]) throws(CryptographyError) {
        var tag = tag
        var rest = [UInt8](repeating: 0, count: AES256GCM.tagCount)
        var count: Int32 = 0
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        else { throw .libraryFailure(function: "EVP_CIPHER_CTX_ctrl") }
        guard EVP_CipherFinal_ex(context, &rest, &count) == 1 else { throw .authenticationFailed }
    }

    private static let algorithm = SharedCObject(
        pointer: EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) ?? EVP_aes_256_gcm())
}
