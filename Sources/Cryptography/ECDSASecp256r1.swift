import COpenSSL

/// ECDSA with SHA-256 on the curve secp256r1, also called P-256 (FIPS 186-4), low s only.
public enum ECDSASecp256r1 {
    /// - Parameters:
    ///   - signature: `r ‖ s`, big-endian, 64 bytes; `s` at most n/2.
    ///   - message: is hashed with SHA-256 here.
    ///   - publicKey: a compressed point, 33 bytes.
    public static func verify(
        signature: [UInt8], message: [UInt8], publicKey: [UInt8]
    ) throws(SignatureRefusal) {
        try ECDSASignature.check(signature, publicKey, order: order, halfOrder: halfOrder)
        let hash = SHA256.hash(message)
        defer { ERR_clear_error() }  // Failures leave notes in a queue of the thread.
        // Made from the curve's parameters: half the cost of naming the curve each time.
        guard let parameters = parameters?.pointer, let key = EVP_PKEY_dup(parameters) else {
            throw .mismatch  // Without memory nothing is valid.
        }
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_set1_encoded_public_key(key, publicKey, publicKey.count) == 1 else {
            throw .invalidPublicKey
        }
        let context = EVP_PKEY_CTX_new(key, nil)
        defer { EVP_PKEY_CTX_free(context) }
        let der = DERSignature(signature)
        guard EVP_PKEY_verify_init(context) == 1,
            EVP_PKEY_verify(context, der.bytes, der.bytes.count, hash, hash.count) == 1
        else { throw .mismatch }
    }

    /// A key with a curve and no point.
    private static let parameters: SharedCObject? = {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        var names = [Parameter.text("group", "P-256"), Parameter.end]
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEY_PARAMETERS, &names) == 1
        else { return nil }
        return key.map(SharedCObject.init)
    }()

    /// n, from FIPS 186-4, appendix D.1.2.3.
    private static let order = Scalar256(
        0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0xBCE6_FAAD_A717_9E84,
        0xF3B9_CAC2_FC63_2551)
    private static let halfOrder = Scalar256(
        0x7FFF_FFFF_8000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0xDE73_7D56_D38B_CF42,
        0x79DC_E561_7E31_92A8)
}
