import ByteCodecs

/// A user's serialized signature of any scheme.
///
/// ``parse(base64:)`` takes exactly one text for a value, so refusals there are malformed input;
/// ``verify(_:by:)`` says whether it holds. Forms: `Docs/Sources.md#signatures`.
public enum SuiSignature: Sendable, Equatable {
    case simple(SimpleSignature)
    case multisig(MultisigSignature)
    case passkey(PasskeySignature)
    case zkLogin(ZkLoginSignature)

    /// Characters of the longest text looked at. Ten passkey members with 600 bytes of client
    /// data each stay below it; nothing a wallet makes comes near.
    public static let textLimit = 16_384

    /// - Parameter text: standard Base64, padded, nothing around it.
    public static func parse(base64 text: String) throws(SuiSignatureError) -> SuiSignature {
        let characters = text.utf8
        guard !characters.isEmpty else { throw .empty }
        guard characters.count <= textLimit else { throw .tooLong }
        let bytes: [UInt8]
        do {
            bytes = try Base64.decode(text)
        } catch {
            throw .base64Invalid
        }
        return try parse(bytes)
    }

    /// - Parameter bytes: `flag ‖ …`, at most three quarters of ``textLimit``.
    public static func parse(_ bytes: [UInt8]) throws(SuiSignatureError) -> SuiSignature {
        guard let flag = bytes.first else { throw .empty }
        guard bytes.count <= textLimit / 4 * 3 else { throw .tooLong }
        let body = bytes.dropFirst()
        return switch SignatureScheme(flag: flag) {
        case .ed25519: .simple(try SimpleSignature(.ed25519, body: body))
        case .secp256k1: .simple(try SimpleSignature(.secp256k1, body: body))
        case .secp256r1: .simple(try SimpleSignature(.secp256r1, body: body))
        case .multisig: .multisig(try MultisigSignature(body: body))
        case .zklogin: .zkLogin(try ZkLoginSignature(body: body))
        case .passkey: .passkey(try PasskeySignature(body: body))
        case nil: throw .unknownFlag
        }
    }

    public var scheme: SignatureScheme {
        switch self {
        case .simple(let signature): signature.scheme.scheme
        case .multisig: .multisig
        case .passkey: .passkey
        case .zkLogin: .zklogin
        }
    }

    /// The addresses this can sign for: one, or two for a zkLogin seed that begins with a zero
    /// byte. The first is the present form.
    public var addresses: [SuiAddress] {
        switch self {
        case .simple(let signature): [signature.address]
        case .multisig(let signature): [signature.committee.address]
        case .passkey(let signature): [signature.address]
        case .zkLogin(let signature): signature.identifier.addresses
        }
    }

    /// Judges the signature as far as that is possible without a node.
    ///
    /// Address aliases are not followed: the address must be the one the signature's own key,
    /// committee or identity hashes to. The origin in a passkey's client data is not looked at,
    /// as on the network: a wallet signs from a page of its own, not from ours.
    public func verify(
        _ intent: Intent, by address: SuiAddress
    ) throws(SuiSignatureError) -> LocalVerdict {
        guard addresses.contains(address) else { throw .addressMismatch }
        let digest = intent.signingDigest
        switch self {
        case .simple(let signature):
            try signature.verify(over: digest)
        case .multisig(let signature):
            return try signature.verify(over: digest)
        case .passkey(let signature):
            try signature.verify(over: digest)
        case .zkLogin(let signature):
            try signature.verifyEphemeral(over: digest)
            return .needsNode
        }
        return .valid
    }
}
