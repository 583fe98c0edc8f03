/// What both ECDSA curves check before any point is computed.
enum ECDSASignature {
    static let count = 64
    /// A compressed point: 2 or 3, then the x coordinate.
    static let publicKeyCount = 33

    /// - Parameters:
    ///   - signature: `r ‖ s`, big-endian, 32 bytes each.
    ///   - order: n, the number of points of the curve.
    ///   - halfOrder: n/2 rounded down, the highest s.
    static func check(
        _ signature: [UInt8], _ publicKey: [UInt8], order: Scalar256, halfOrder: Scalar256
    ) throws(SignatureRefusal) {
        guard signature.count == count else {
            throw .wrongLength(expected: count, actual: signature.count)
        }
        guard publicKey.count == publicKeyCount else {
            throw .wrongLength(expected: publicKeyCount, actual: publicKey.count)
        }
        let (r, s) = signature.withUnsafeBytes { bytes in
            (
                Scalar256(bigEndian: bytes),
                Scalar256(bigEndian: UnsafeRawBufferPointer(rebasing: bytes[32...]))
            )
        }
        guard .zero < r, r < order, .zero < s, s < order else { throw .scalarNotReduced }
        guard s <= halfOrder else { throw .highS }
        guard publicKey[0] == 2 || publicKey[0] == 3 else { throw .invalidPublicKey }
    }
}
