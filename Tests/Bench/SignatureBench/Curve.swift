import CDirect
import Cryptography

/// One scheme: the same signature judged by us and by the library itself.
struct Curve {
    typealias Bytes = UnsafePointer<UInt8>

    var name: String
    var ours: ([UInt8], [UInt8], [UInt8]) throws(SignatureRefusal) -> Void
    var direct: (Bytes, Bytes, Int, Bytes) -> Int32
    var signature = [UInt8](repeating: 0, count: 64)
    var publicKey: [UInt8]

    /// - Parameter sign: fills in a signature of `message` and the key that made it.
    init(
        _ name: String, keyCount: Int, message: [UInt8],
        sign: (Bytes, Int, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Int32,
        ours: @escaping ([UInt8], [UInt8], [UInt8]) throws(SignatureRefusal) -> Void,
        direct: @escaping (Bytes, Bytes, Int, Bytes) -> Int32
    ) {
        self.name = name
        self.ours = ours
        self.direct = direct
        publicKey = [UInt8](repeating: 0, count: keyCount)
        precondition(sign(message, message.count, &signature, &publicKey) == 1)
    }

    static func all(message: [UInt8]) -> [Curve] {
        [
            Curve(
                "ed25519", keyCount: 32, message: message, sign: direct_sign_ed25519,
                ours: { (signature, message, key) throws(SignatureRefusal) in
                    try Ed25519.verify(signature: signature, message: message, publicKey: key)
                }, direct: direct_ed25519),
            Curve(
                "secp256k1", keyCount: 33, message: message, sign: direct_sign_secp256k1,
                ours: { (signature, message, key) throws(SignatureRefusal) in
                    try ECDSASecp256k1.verify(
                        signature: signature, message: message, publicKey: key)
                }, direct: direct_secp256k1),
            Curve(
                "secp256r1", keyCount: 33, message: message, sign: direct_sign_secp256r1,
                ours: { (signature, message, key) throws(SignatureRefusal) in
                    try ECDSASecp256r1.verify(
                        signature: signature, message: message, publicKey: key)
                }, direct: direct_secp256r1),
        ]
    }
}
