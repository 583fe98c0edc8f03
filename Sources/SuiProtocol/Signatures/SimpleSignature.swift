/// One key's signature: `flag ‖ signature ‖ public key`, 97 or 98 bytes.
public struct SimpleSignature: Sendable, Equatable {
    public let scheme: SimpleScheme
    /// 64 bytes.
    public let signature: [UInt8]
    /// 32 bytes for Ed25519, 33 for the ECDSA curves.
    public let publicKey: [UInt8]

    /// - Parameter body: what follows the flag; its length is exact.
    init(_ scheme: SimpleScheme, body: ArraySlice<UInt8>) throws(SuiSignatureError) {
        guard body.count == SimpleScheme.signatureCount + scheme.publicKeyCount else {
            throw .wrongLength
        }
        self.scheme = scheme
        signature = Array(body.prefix(SimpleScheme.signatureCount))
        publicKey = Array(body.dropFirst(SimpleScheme.signatureCount))
    }

    public var address: SuiAddress { .derived(flag: scheme.scheme.flag, publicKey) }

    /// - Parameter message: the signing digest, except inside a passkey.
    func verify(over message: [UInt8]) throws(SuiSignatureError) {
        try scheme.verify(signature, over: message, publicKey: publicKey)
    }
}
