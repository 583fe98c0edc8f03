import ByteCodecs
public import Cryptography
import Determinism

extension VaultManifest {
    /// Longest file that is looked at.
    public static let maximumCount = 16_384

    /// So that the signature is good for nothing else that the key may sign.
    private static let domain = Array("sluice vault manifest 1\n".utf8)

    /// The file: members of fixed names in fixed order, the signature last.
    public func signed(by key: Ed25519SigningKey) -> [UInt8] {
        let signature = Base64.encode(key.sign(Self.domain + JSONValue.object(body).serialized()))
        let members = body.members.map { ($0.name, $0.value) } + [("signature", .string(signature))]
        return JSONValue.object(JSONObject(members)).serialized() + [UInt8(ascii: "\n")]
    }

    /// - Throws: ``VaultRefusal/manifestTooLong``, ``VaultRefusal/manifestMalformed`` or
    ///   ``VaultRefusal/signatureInvalid``; nothing is believed before the signature is seen.
    public init(verifying file: [UInt8], publicKey: [UInt8]) throws(VaultRefusal) {
        guard file.count <= Self.maximumCount else { throw .manifestTooLong }
        let (manifest, signature): (VaultManifest, [UInt8])
        do {
            (manifest, signature) = try Self.read(file)
        } catch {
            throw .manifestMalformed
        }
        let signed = Self.domain + JSONValue.object(manifest.body).serialized()
        do {
            try Ed25519.verify(signature: signature, message: signed, publicKey: publicKey)
        } catch {
            throw .signatureInvalid
        }
        self = manifest
    }

    private var body: JSONObject {
        JSONObject([
            ("version", .integer(version)), ("base", .integer(base)),
            ("since", .integer(since)), ("keys", .integer(keyCount)),
            ("madeAt", .integer(madeAt.milliseconds)),
            ("validUntil", .integer(validUntil.milliseconds)),
            ("files", .array([map, table, changes].map(Self.json))),
        ])
    }

    private static func json(_ file: VaultFileSummary) -> JSONValue {
        [
            "name": .string(file.name), "bytes": .integer(file.count),
            "sha256": .string(file.digest),
        ]
    }

    private static func read(_ file: [UInt8]) throws -> (VaultManifest, [UInt8]) {
        let limits = JSONLimits(depth: 3, values: 48)
        var reader = try JSONObjectReader(JSONValue.parse(file, limits: limits))
        let version = try reader.integer("version")
        let base = try reader.integer("base")
        let since = try reader.integer("since")
        let keyCount = try reader.integer("keys")
        let madeAt = Timestamp(milliseconds: try reader.integer("madeAt"))
        let validUntil = Timestamp(milliseconds: try reader.integer("validUntil"))
        let files = try reader.array("files").map(summary)
        let signature = try Base64.decode(try reader.string("signature"))
        try reader.finish()
        guard since > 0, since <= base, base <= version, keyCount >= 0,
            files.map(\.name) == [VaultFiles.map, VaultFiles.table, VaultFiles.changes]
        else { throw VaultRefusal.manifestMalformed }
        let manifest = VaultManifest(
            version: version, base: base, since: since, keyCount: keyCount, madeAt: madeAt,
            validUntil: validUntil, map: files[0], table: files[1], changes: files[2])
        return (manifest, signature)
    }

    private static func summary(_ value: JSONValue) throws -> VaultFileSummary {
        var reader = try JSONObjectReader(value)
        let summary = VaultFileSummary(
            name: try reader.string("name"), count: try reader.integer("bytes"),
            digest: try reader.string("sha256"))
        try reader.finish()
        guard summary.count >= 0 else { throw VaultRefusal.manifestMalformed }
        return summary
    }
}
