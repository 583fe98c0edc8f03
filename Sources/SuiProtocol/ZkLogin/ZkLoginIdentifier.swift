/// Who signs in by zkLogin: the issuer, and a number that hides the user's id at it.
public struct ZkLoginIdentifier: Sendable, Equatable {
    /// 1 to 255 bytes of UTF-8.
    public let issuer: String
    /// 32 bytes, big-endian, below the order of BN254's scalar field.
    public let seed: [UInt8]

    /// - Parameter seed: checked already.
    init(issuer: String, seed: [UInt8]) {
        self.issuer = issuer
        self.seed = seed
    }

    /// - Parameter seed: 32 bytes, big-endian.
    /// - Throws: ``SuiSignatureError/zkLoginIdentifier`` when one of the two is out of bounds.
    public init(issuer: String, checking seed: [UInt8]) throws(SuiSignatureError) {
        guard (1...255).contains(issuer.utf8.count), seed.count == 32,
            BN254.scalarField.contains(seed)
        else { throw .zkLoginIdentifier }
        self.init(issuer: issuer, seed: seed)
    }

    /// Reads the form in a multisig's member: length and bytes of the issuer, then the seed.
    init(encoded: [UInt8]) throws(SuiSignatureError) {
        guard let length = encoded.first, encoded.count == 1 + Int(length) + 32,
            let issuer = String(validating: encoded[1...].dropLast(32), as: UTF8.self)
        else { throw .zkLoginIdentifier }
        try self.init(issuer: issuer, checking: Array(encoded.suffix(32)))
    }

    /// The present address, and the legacy one where it differs: an SDK once left out the seed's
    /// leading zero bytes, and the network kept those addresses usable.
    public var addresses: [SuiAddress] {
        let present = SuiAddress.derived(flag: SignatureScheme.zklogin.flag, padded)
        guard seed.first == 0 else { return [present] }
        let shortened = Array(seed.drop { $0 == 0 })
        let unpadded = prefix + (shortened.isEmpty ? [0] : shortened)
        return [present, .derived(flag: SignatureScheme.zklogin.flag, unpadded)]
    }

    /// What is hashed after the flag.
    var padded: [UInt8] { prefix + seed }

    private var prefix: [UInt8] { [UInt8(issuer.utf8.count)] + Array(issuer.utf8) }

    public static func == (left: Self, right: Self) -> Bool {
        left.issuer.isExactly(right.issuer) && left.seed == right.seed
    }
}
