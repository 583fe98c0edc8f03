/// One member's signature inside a multisig: without its key, which the committee holds.
enum MultisigMemberSignature: Sendable, Equatable {
    case simple(SimpleScheme, signature: [UInt8])
    case passkey(PasskeySignature)
    case zkLogin(ZkLoginSignature)

    /// Passkey and zkLogin signatures stand whole, with their flag, in a byte vector.
    init(from reader: inout SignatureReader) throws(SuiSignatureError) {
        self =
            switch try reader.uleb128() {
            case 0: try Self.simple(.ed25519, from: &reader)
            case 1: try Self.simple(.secp256k1, from: &reader)
            case 2: try Self.simple(.secp256r1, from: &reader)
            case 3: .zkLogin(try ZkLoginSignature(body: try Self.body(.zklogin, &reader)))
            case 4: .passkey(try PasskeySignature(body: try Self.body(.passkey, &reader)))
            default: throw .bcsInvalid
            }
    }

    private static func simple(
        _ scheme: SimpleScheme, from reader: inout SignatureReader
    ) throws(SuiSignatureError) -> Self {
        .simple(scheme, signature: try reader.bytes(count: SimpleScheme.signatureCount))
    }

    private static func body(
        _ scheme: SignatureScheme, _ reader: inout SignatureReader
    ) throws(SuiSignatureError) -> ArraySlice<UInt8> {
        let whole = try reader.byteVector()
        guard whole.first == scheme.flag else { throw .multisigSchemeMismatch }
        return whole.dropFirst()
    }

    /// That this is of the member's scheme and, where it names one, of the member's identity.
    func match(_ key: MultisigMember.Key) throws(SuiSignatureError) {
        switch (self, key) {
        case (.simple(let scheme, _), .simple(let expected, _)):
            guard scheme == expected else { throw .multisigSchemeMismatch }
        case (.passkey(let signature), .passkey(let publicKey)):
            guard signature.user.publicKey == publicKey else { throw .multisigMemberMismatch }
        case (.zkLogin(let signature), .zkLogin(let identifier)):
            guard signature.identifier == identifier else { throw .multisigMemberMismatch }
        case (.simple, _), (.passkey, _), (.zkLogin, _):
            throw .multisigSchemeMismatch
        }
    }

    /// - Parameter key: the member's, matched already.
    func verify(over digest: [UInt8], key: MultisigMember.Key) throws(SuiSignatureError) {
        switch (self, key) {
        case (.simple(let scheme, let signature), .simple(_, let publicKey)):
            try scheme.verify(signature, over: digest, publicKey: publicKey)
        case (.passkey(let signature), _):
            try signature.verify(over: digest)
        case (.zkLogin(let signature), _):
            try signature.verifyEphemeral(over: digest)
        case (.simple, .passkey), (.simple, .zkLogin):
            throw .multisigSchemeMismatch
        }
    }
}
