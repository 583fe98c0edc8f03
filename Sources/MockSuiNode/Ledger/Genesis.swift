import ByteCodecs
public import Cryptography
public import SuiProtocol

/// What the chain begins with. Equal values, equal chain.
public struct Genesis: Sendable, Equatable {
    /// All ids follow from it.
    public let seed: UInt64
    /// Who may charge, and where charges go.
    public let charger: SuiAddress
    public let treasury: SuiAddress
    /// Milliseconds since 1970: the first reading of the chain's clock.
    public let timestamp: Int64

    /// - Parameters:
    ///   - charger: nil for an address whose key is ``developmentKey(_:of:)`` of `charger`.
    ///   - treasury: nil likewise, of `treasury`.
    public init(
        seed: UInt64, charger: SuiAddress? = nil, treasury: SuiAddress? = nil, timestamp: Int64
    ) throws(CryptographyError) {
        self.seed = seed
        let known = { (name: String) throws(CryptographyError) in
            try Self.developmentKey(name, of: seed).address
        }
        self.charger = if let charger { charger } else { try known("charger") }
        self.treasury = if let treasury { treasury } else { try known("treasury") }
        self.timestamp = timestamp
    }

    /// The 32 bytes behind a key of this chain: BLAKE2b-256 of `mock-sui-node <name> <seed>`.
    /// Anybody can compute it: good for toy money only.
    public static func developmentKey(
        _ name: String, of seed: UInt64
    ) throws(CryptographyError) -> SuiPrivateKey {
        try SuiPrivateKey(seed: try secret(name, of: seed))
    }

    private static func secret(
        _ name: String, of seed: UInt64
    ) throws(CryptographyError) -> SecretBytes {
        var bytes = BLAKE2b.hash256(Array("mock-sui-node \(name) \(seed)".utf8))
        return try SecretBytes(wiping: &bytes)
    }

    /// The text of a key that follows from the seed, for a key file; nil where `address` is that of
    /// another key.
    func developmentKeyText(_ name: String, for address: SuiAddress) -> String? {
        guard let key = try? Self.developmentKey(name, of: seed), key.address == address,
            let secret = try? Self.secret(name, of: seed)
        else { return nil }
        return try? SuiPrivateKey.text(of: secret)
    }

    /// The escrow package.
    public var escrowPackage: ObjectID { id("escrow package") }
    /// The same code under another id, published by a stranger.
    public var lookalikePackage: ObjectID { id("lookalike package") }
    /// A stranger's package whose functions of the same names call the escrow package.
    public var wrapperPackage: ObjectID { id("wrapper package") }
    public var operatorID: ObjectID { id("operator") }
    public var operatorCapID: ObjectID { id("operator cap") }

    public var usdcType: TypeTag { .structure(StructTag(id("usdc package"), "usdc", "USDC")) }

    /// Not of a real transaction: nobody signed the beginning.
    func digest(_ name: String) -> TransactionDigest {
        TransactionDigest(hashing: bytes(name))
    }

    /// What stands for the bytes of what the system itself did: they have its digest, and are of no
    /// kind that anybody reads.
    func bytes(_ name: String) -> [UInt8] { Array("\(name) \(seed)".utf8) }

    var chain: ChainIdentifier {
        ChainIdentifier(genesis: CheckpointDigest(hashing: Array("mock chain \(seed)".utf8)))
    }

    private func id(_ name: String) -> ObjectID {
        ObjectID(hash: BLAKE2b.hash256(Array("mock \(name) \(seed)".utf8)))
    }
}
