import ByteCodecs

/// A network, named by the digest of its first checkpoint: what a node says of itself.
public struct ChainIdentifier: Hashable, Sendable {
    public let genesis: CheckpointDigest

    public init(genesis: CheckpointDigest) {
        self.genesis = genesis
    }

    /// Reads the whole Base58 digest, GraphQL's form.
    public init(parsing text: some StringProtocol) throws(DigestTextError) {
        genesis = try CheckpointDigest(parsing: text)
    }

    /// The first four bytes in hex: JSON-RPC's form, `35834a8a` for mainnet.
    public var shortForm: String { Hex.encode(genesis.bytes.prefix(4)) }

    /// The form of CAIP-2 (draft): `sui:35834a8a`.
    public var caip2: String { "sui:" + shortForm }

    /// Whether a node's answer names this network, in the whole or the short form.
    public func isNamed(by text: String) -> Bool {
        text == genesis.description || text == shortForm
    }
}

extension ChainIdentifier {
    /// Source of both digests: `Docs/Sources.md#chains`.
    public static let mainnet = ChainIdentifier(
        genesis: CheckpointDigest(
            counted: [
                0x35, 0x83, 0x4A, 0x8A, 0xC1, 0x7C, 0xA4, 0x8F, 0xB1, 0x4A, 0xC8, 0xF9,
                0x9C, 0x17, 0xC9, 0x87, 0x47, 0xE9, 0x5D, 0xD0, 0x72, 0x94, 0xAE, 0x41,
                0xA4, 0x6B, 0x38, 0x22, 0x46, 0xA4, 0x49, 0x9B,
            ]))

    public static let testnet = ChainIdentifier(
        genesis: CheckpointDigest(
            counted: [
                0x4C, 0x78, 0xAD, 0xAC, 0xF2, 0xA2, 0xF5, 0xAD, 0x80, 0xF2, 0x7E, 0xD7,
                0xD5, 0x4A, 0xA6, 0x9D, 0x3A, 0x78, 0xF1, 0xCA, 0x67, 0xFD, 0xEF, 0x9E,
                0xCF, 0x57, 0x54, 0xF5, 0xB8, 0xBB, 0x77, 0xB0,
            ]))

    /// What a node of that network must say of itself; nil where the network is made anew at will.
    public init?(of chain: SuiChain) {
        switch chain {
        case .mainnet: self = .mainnet
        case .testnet: self = .testnet
        case .devnet, .localnet: return nil
        }
    }
}
