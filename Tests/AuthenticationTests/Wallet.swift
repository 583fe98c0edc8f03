import ByteCodecs
import Cryptography
import SuiProtocol

/// An Ed25519 wallet that signs personal messages as wallets do.
struct Wallet {
    let key: Ed25519SigningKey
    let address: SuiAddress

    init(_ number: UInt8 = 1) throws {
        key = try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: number, count: 32)))
        address = try SuiAddress(bytes: BLAKE2b.hash256([0], key.publicKey))
    }

    func signature(of text: String) -> String {
        let digest = Intent.personalMessage(Array(text.utf8)).signingDigest
        return Base64.encode([0] + key.sign(digest) + key.publicKey)
    }
}
