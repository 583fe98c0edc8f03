import ByteCodecs

/// A signature by a short-lived key, with a proof that a login token vouches for that key.
///
/// BCS: proof points (a, b, c), iss claim (fragment, index), token header, address seed, last
/// epoch, user signature. All is checked here but the proof, the issuer's keys and the epoch,
/// which are a node's to judge. Source: `Docs/Sources.md#zklogin`.
public struct ZkLoginSignature: Sendable, Equatable {
    public let identifier: ZkLoginIdentifier
    /// The last epoch in which the proof counts.
    public let maxEpoch: UInt64
    let ephemeral: SimpleSignature
    /// Everything as it came; two signatures are equal only with the same proof.
    private let body: [UInt8]

    /// - Parameter body: what follows the flag.
    init(body: ArraySlice<UInt8>) throws(SuiSignatureError) {
        var reader = SignatureReader(body)
        let coordinates = try Self.proofPoints(from: &reader)
        let fragment = try reader.string()
        let indexMod4 = try reader.byte()
        let header = try reader.string()
        let seed = try reader.string()
        maxEpoch = try reader.u64()
        let user = try reader.byteVector()
        try reader.finish()
        for coordinate in coordinates { _ = try BN254.baseField.element(coordinate) }
        identifier = ZkLoginIdentifier(
            issuer: try ZkLoginClaim.issuer(fragment: fragment, indexMod4: indexMod4),
            seed: try BN254.scalarField.element(seed))
        try Self.checkHeader(header)
        ephemeral = try Self.ephemeral(user)
        self.body = Array(body)
    }

    /// Three coordinates in G1, three pairs in G2, three in G1.
    private static func proofPoints(
        from reader: inout SignatureReader
    ) throws(SuiSignatureError) -> [String] {
        var coordinates = try strings(3, from: &reader)
        try requireCount(3, from: &reader)
        for _ in 0..<3 { coordinates += try strings(2, from: &reader) }
        return coordinates + (try strings(3, from: &reader))
    }

    private static func strings(
        _ count: Int, from reader: inout SignatureReader
    ) throws(SuiSignatureError) -> [String] {
        try requireCount(count, from: &reader)
        var strings: [String] = []
        for _ in 0..<count { strings.append(try reader.string()) }
        return strings
    }

    private static func requireCount(
        _ count: Int, from reader: inout SignatureReader
    ) throws(SuiSignatureError) {
        guard try reader.uleb128() == count else { throw .zkLoginProofShape }
    }

    /// Nodes look the issuer's key up by `kid` and take RS256 only.
    private static func checkHeader(_ text: String) throws(SuiSignatureError) {
        guard let json = try? Base64.decodeURL(text),
            case .object(let members)? = try? JSONValue.parse(json),
            case .string(let algorithm)? = members["alg"], algorithm.isExactly("RS256"),
            case .string? = members["kid"]
        else { throw .zkLoginHeader }
        switch members["typ"] {
        case nil, .null?, .string?: return
        default: throw .zkLoginHeader
        }
    }

    private static func ephemeral(_ user: [UInt8]) throws(SuiSignatureError) -> SimpleSignature {
        guard let flag = user.first else { throw .wrongLength }
        guard let scheme = SimpleScheme(flag: flag) else { throw .zkLoginEphemeralScheme }
        return try SimpleSignature(scheme, body: user.dropFirst())
    }

    /// The part that needs no node: it keeps forged signatures from costing a request.
    func verifyEphemeral(over digest: [UInt8]) throws(SuiSignatureError) {
        try ephemeral.verify(over: digest)
    }
}
