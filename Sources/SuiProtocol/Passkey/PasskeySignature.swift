import Cryptography

/// A WebAuthn assertion by a P-256 key whose challenge is the signing digest.
///
/// Bytes: authenticator data, client data JSON, user signature, each a byte vector. Neither the
/// relying party's hash nor the flags in the authenticator data are looked at, as on the network.
/// Source: `Docs/Sources.md#passkey`.
public struct PasskeySignature: Sendable, Equatable {
    public let authenticatorData: [UInt8]
    /// The text whose hash is signed, byte for byte.
    public let clientDataJSON: [UInt8]
    public let clientData: PasskeyClientData
    let user: SimpleSignature

    /// - Parameter body: what follows the flag.
    init(body: ArraySlice<UInt8>) throws(SuiSignatureError) {
        var reader = SignatureReader(body)
        authenticatorData = try reader.byteVector()
        clientDataJSON = try reader.byteVector()
        let userBytes = try reader.byteVector()
        try reader.finish()
        guard let flag = userBytes.first else { throw .wrongLength }
        guard flag == SignatureScheme.secp256r1.flag else { throw .passkeyInnerFlag }
        user = try SimpleSignature(.secp256r1, body: userBytes.dropFirst())
        clientData = try PasskeyClientData(json: clientDataJSON)
    }

    /// Not that of the same key as a plain P-256 key: the flag is hashed with it.
    public var address: SuiAddress {
        .derived(flag: SignatureScheme.passkey.flag, user.publicKey)
    }

    func verify(over digest: [UInt8]) throws(SuiSignatureError) {
        guard clientData.challenge == digest else { throw .passkeyChallengeMismatch }
        try user.verify(over: authenticatorData + SHA256.hash(clientDataJSON))
    }
}
