public import ByteCodecs
public import Cryptography

/// An Ed25519 key that signs for its address, as `suiprivkey1…` text holds it.
///
/// Text form: Bech32 over flag and seed; `Docs/Sources.md#private-keys`. Never shown or logged.
public final class SuiPrivateKey: Sendable {
    private static let prefix = "suiprivkey"

    private let key: Ed25519SigningKey
    public let address: SuiAddress

    /// - Parameter seed: 32 bytes.
    public init(seed: borrowing SecretBytes) throws(CryptographyError) {
        key = try Ed25519SigningKey(seed: seed)
        address = .derived(flag: SignatureScheme.ed25519.flag, key.publicKey)
    }

    /// Reads the text, without blanks around it. The text itself is the caller's to forget.
    public convenience init(parsing text: some StringProtocol) throws(SuiPrivateKeyError) {
        var bytes = try Self.bytes(of: text)
        let expected = Ed25519SigningKey.seedCount
        guard let flag = bytes.first else { throw .wrongLength(expected: expected, actual: 0) }
        bytes.removeFirst()
        guard let scheme = SignatureScheme(flag: flag) else { throw .unknownFlag(flag) }
        guard scheme == .ed25519 else { throw .unsupportedScheme(scheme) }
        guard bytes.count == expected else {
            throw .wrongLength(expected: expected, actual: bytes.count)
        }
        do throws(CryptographyError) {
            try self.init(seed: try SecretBytes(wiping: &bytes))
        } catch {
            throw .cryptography(error)
        }
    }

    private static func bytes(
        of text: some StringProtocol
    ) throws(SuiPrivateKeyError) -> [UInt8] {
        do throws(Bech32Error) {
            return try Bech32.decode(text, prefix: prefix)
        } catch {
            throw .notBech32(error)
        }
    }

    /// The text for a key file. Whoever has it can sign.
    public static func text(of seed: borrowing SecretBytes) throws(Bech32Error) -> String {
        try Bech32.encode(prefix: prefix, [SignatureScheme.ed25519.flag] + seed.copy())
    }

    /// 32 bytes.
    public var publicKey: [UInt8] { key.publicKey }

    /// A serialized signature: flag, signature, public key; 97 bytes.
    public func sign(_ intent: Intent) -> [UInt8] {
        [SignatureScheme.ed25519.flag] + key.sign(intent.signingDigest) + key.publicKey
    }

    /// The signature in the form in which nodes take it, Base64.
    public func sign(_ transaction: TransactionData) -> String {
        Base64.encode(sign(.transaction(transaction.bcs)))
    }
}
