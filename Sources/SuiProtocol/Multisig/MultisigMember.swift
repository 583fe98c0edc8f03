/// A member of a committee and what its signature counts.
public struct MultisigMember: Sendable, Equatable {
    public enum Key: Sendable, Equatable {
        case simple(SimpleScheme, publicKey: [UInt8])
        /// A compressed P-256 key.
        case passkey(publicKey: [UInt8])
        case zkLogin(ZkLoginIdentifier)
    }

    public let key: Key
    public let weight: UInt8

    /// The enumeration's index is not the scheme's flag; from zkLogin on they differ.
    init(from reader: inout SignatureReader) throws(SuiSignatureError) {
        key =
            switch try reader.uleb128() {
            case 0: try Self.simple(.ed25519, from: &reader)
            case 1: try Self.simple(.secp256k1, from: &reader)
            case 2: try Self.simple(.secp256r1, from: &reader)
            case 3: .zkLogin(try ZkLoginIdentifier(encoded: try reader.byteVector()))
            case 4: .passkey(publicKey: try reader.bytes(count: 33))
            default: throw .bcsInvalid
            }
        weight = try reader.byte()
    }

    private static func simple(
        _ scheme: SimpleScheme, from reader: inout SignatureReader
    ) throws(SuiSignatureError) -> Key {
        .simple(scheme, publicKey: try reader.bytes(count: scheme.publicKeyCount))
    }

    /// As hashed into the committee's address: flag, key, weight.
    var addressPart: [UInt8] {
        switch key {
        case .simple(let scheme, let publicKey): [scheme.scheme.flag] + publicKey + [weight]
        case .passkey(let publicKey): [SignatureScheme.passkey.flag] + publicKey + [weight]
        case .zkLogin(let identifier):
            [SignatureScheme.zklogin.flag] + identifier.padded + [weight]
        }
    }
}
