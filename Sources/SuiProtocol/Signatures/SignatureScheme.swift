/// The schemes by which users sign on Sui. Raw values are the names shown and recorded.
public enum SignatureScheme: String, Sendable, CaseIterable {
    case ed25519
    case secp256k1
    case secp256r1
    case multisig
    case zklogin
    case passkey

    /// The first byte of a serialized signature, and of what is hashed into an address.
    /// Source: `Docs/Sources.md#schemes`.
    public var flag: UInt8 {
        switch self {
        case .ed25519: 0
        case .secp256k1: 1
        case .secp256r1: 2
        case .multisig: 3
        case .zklogin: 5  // 4 is BLS12-381, by which validators sign and users never do.
        case .passkey: 6
        }
    }

    /// Nil for every flag that is not one of the six.
    public init?(flag: UInt8) {
        guard let scheme = Self.allCases.first(where: { $0.flag == flag }) else { return nil }
        self = scheme
    }
}
