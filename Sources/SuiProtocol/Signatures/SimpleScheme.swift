import Cryptography

/// The schemes with one key, whose signatures stand alone or inside the other schemes.
public enum SimpleScheme: Sendable, CaseIterable {
    case ed25519
    case secp256k1
    case secp256r1

    /// Bytes of a signature: `R‖S` little-endian for Ed25519, `r‖s` big-endian for ECDSA.
    public static let signatureCount = 64

    public var scheme: SignatureScheme {
        switch self {
        case .ed25519: .ed25519
        case .secp256k1: .secp256k1
        case .secp256r1: .secp256r1
        }
    }

    /// Bytes of a public key; the ECDSA keys are compressed points.
    public var publicKeyCount: Int { self == .ed25519 ? 32 : 33 }

    init?(flag: UInt8) {
        guard let found = Self.allCases.first(where: { $0.scheme.flag == flag }) else {
            return nil
        }
        self = found
    }

    /// ECDSA hashes `message` with SHA-256, Ed25519 with what it has inside.
    func verify(
        _ signature: [UInt8], over message: [UInt8], publicKey: [UInt8]
    ) throws(SuiSignatureError) {
        do throws(SignatureRefusal) {
            switch self {
            case .ed25519:
                try Ed25519.verify(signature: signature, message: message, publicKey: publicKey)
            case .secp256k1:
                try ECDSASecp256k1.verify(
                    signature: signature, message: message, publicKey: publicKey)
            case .secp256r1:
                try ECDSASecp256r1.verify(
                    signature: signature, message: message, publicKey: publicKey)
            }
        } catch {
            throw SuiSignatureError(error)
        }
    }
}
