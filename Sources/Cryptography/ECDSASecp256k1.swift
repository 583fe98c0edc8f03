import CSecp256k1

/// ECDSA with SHA-256 on the curve secp256k1 (SEC 2), low s only.
public enum ECDSASecp256k1 {
    /// - Parameters:
    ///   - signature: `r ‖ s`, big-endian, 64 bytes; `s` at most n/2.
    ///   - message: is hashed with SHA-256 here.
    ///   - publicKey: a compressed point, 33 bytes.
    public static func verify(
        signature: [UInt8], message: [UInt8], publicKey: [UInt8]
    ) throws(SignatureRefusal) {
        try ECDSASignature.check(signature, publicKey, order: order, halfOrder: halfOrder)
        let context = context.pointer
        var point = secp256k1_pubkey()
        guard secp256k1_ec_pubkey_parse(context, &point, publicKey, publicKey.count) == 1 else {
            throw .invalidPublicKey
        }
        var scalars = secp256k1_ecdsa_signature()
        guard secp256k1_ecdsa_signature_parse_compact(context, &scalars, signature) == 1 else {
            throw .scalarNotReduced
        }
        let hash = SHA256.hash(message)
        guard secp256k1_ecdsa_verify(context, &scalars, hash, &point) == 1 else { throw .mismatch }
    }

    /// For verifying alone, which never writes to it. The library ends the process itself when
    /// there is no memory for it.
    private static let context = SharedCObject(
        pointer: secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)))

    /// n, from SEC 2, section 2.4.1.
    private static let order = Scalar256(
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0xBAAE_DCE6_AF48_A03B,
        0xBFD2_5E8C_D036_4141)
    private static let halfOrder = Scalar256(
        0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0x5D57_6E73_57A4_501D,
        0xDFE9_2F46_681B_20A0)
}
