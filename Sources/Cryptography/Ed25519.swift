import CSodium

/// Ed25519 (RFC 8032), the strict way: `S < L`, no point of small order, cofactorless equation.
///
/// Nodes of Sui are laxer (ZIP 215) and take keys under which anybody can sign every message; a
/// sign-in must not. Source: `Docs/Sources.md#ed25519`.
public enum Ed25519 {
    public static let publicKeyCount = 32
    public static let signatureCount = 64

    /// - Parameters:
    ///   - signature: `R ‖ S`, 64 bytes.
    ///   - message: the bytes that were signed; Ed25519 hashes them itself.
    ///   - publicKey: 32 bytes.
    public static func verify(
        signature: [UInt8], message: [UInt8], publicKey: [UInt8]
    ) throws(SignatureRefusal) {
        guard signature.count == signatureCount else {
            throw .wrongLength(expected: signatureCount, actual: signature.count)
        }
        guard publicKey.count == publicKeyCount else {
            throw .wrongLength(expected: publicKeyCount, actual: publicKey.count)
        }
        guard !isOfSmallOrder(publicKey) else { throw .smallOrderKey }
        guard isReduced(signature) else { throw .scalarNotReduced }
        precondition(Sodium.isReady)
        let result = crypto_sign_ed25519_verify_detached(
            signature, message, UInt64(message.count), publicKey)
        guard result == 0 else {
            // Only now, because telling an impossible key apart costs as much as verifying.
            throw crypto_core_ed25519_is_valid_point(publicKey) == 1
                ? .mismatch : .invalidPublicKey
        }
    }

    private static func isReduced(_ signature: [UInt8]) -> Bool {
        signature.withUnsafeBytes {
            Scalar256(littleEndian: UnsafeRawBufferPointer(rebasing: $0[32...])) < order
        }
    }

    private static func isOfSmallOrder(_ publicKey: [UInt8]) -> Bool {
        let ordinate = publicKey.withUnsafeBytes { Scalar256(littleEndian: $0) }.clearingTopBit
        return smallOrderOrdinates.contains(ordinate)
    }

    /// L = 2²⁵² + 27742317777372353535851937790883648493 (RFC 8032, section 5.1).
    private static let order = Scalar256(
        0x1000_0000_0000_0000, 0, 0x14DE_F9DE_A2F7_9CD6, 0x5812_631A_5CF5_D3ED)

    /// The y coordinates of the points whose order divides 8, also unreduced (p and p + 1, where
    /// p = 2²⁵⁵ − 19); with either sign bit they make the fourteen encodings.
    private static let smallOrderOrdinates = [
        Scalar256.zero,
        Scalar256(0, 0, 0, 1),
        Scalar256(
            0x05FC_536D_8802_38B1, 0x3933_C6D3_05AC_DFD5, 0xF098_EFF2_89F4_C345,
            0xB027_B2C2_8F95_E826),
        Scalar256(
            0x7A03_AC92_77FD_C74E, 0xC6CC_392C_FA53_202A, 0x0F67_100D_760B_3CBA,
            0x4FD8_4D3D_706A_17C7),
        Scalar256(0x7FFF_FFFF_FFFF_FFFF, .max, .max, 0xFFFF_FFFF_FFFF_FFEC),
        Scalar256(0x7FFF_FFFF_FFFF_FFFF, .max, .max, 0xFFFF_FFFF_FFFF_FFED),
        Scalar256(0x7FFF_FFFF_FFFF_FFFF, .max, .max, 0xFFFF_FFFF_FFFF_FFEE),
    ]
}
