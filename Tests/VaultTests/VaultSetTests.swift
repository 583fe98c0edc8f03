import Cryptography
import Determinism
import Testing

@testable import Vault

@Suite struct VaultSetTests {
    let sample: VaultSample
    let manifest: VaultManifest

    init() throws {
        sample = try VaultSample()
        manifest = try sample.publish(5, (0..<3).map { try VaultSample.entry($0) })
    }

    @Test("each changed, missing or added byte of a file is seen")
    func altered() throws {
        for name in [VaultFiles.map, VaultFiles.table] {
            let text = try sample.text(name)
            for wrong in [
                text.dropLast() + " ", text.dropLast(), text + "\n", "",
                text.split(separator: "starter").joined(separator: "stortar"),
            ] as [any StringProtocol] {
                try sample.write(String(wrong), name)
                #expect(sample.refusal() == .fileAltered(name))
            }
            try sample.write(text, name)
        }
        #expect(sample.refusal() == nil)
    }

    @Test func missingFilesAreNamed() throws {
        for name in [
            VaultFiles.map, VaultFiles.table, VaultFiles.changes, VaultFiles.manifest,
        ] {
            let path = "\(sample.folder.current)/\(name)"
            #expect(VaultSample.run("mv", path, path + ".away") == 0)
            #expect(sample.refusal() == .fileMissing(name))
            #expect(VaultSample.run("mv", path + ".away", path) == 0)
        }
    }

    @Test("no member of the manifest can be changed under its signature")
    func signature() throws {
        let text = try sample.text(VaultFiles.manifest)
        let changes = [
            ("\"version\":5", "\"version\":6"), ("\"keys\":3", "\"keys\":2"),
            ("\"madeAt\":1", "\"madeAt\":2"), ("\"validUntil\":1", "\"validUntil\":9"),
            ("\"bytes\":", "\"bytes\":1"), ("\"sha256\":\"", "\"sha256\":\"0"),
        ]
        for (part, other) in changes {
            let changed = text.split(separator: part, maxSplits: 1).joined(separator: other)
            #expect(changed != text)
            try sample.write(changed, VaultFiles.manifest)
            #expect(sample.refusal() == .signatureInvalid, "\(other)")
        }
    }

    @Test("another key's signature is none, nor one over something else")
    func otherKey() throws {
        let other = try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: 4, count: 32)))
        let forged = manifest.signed(by: other)
        #expect(throws: VaultRefusal.signatureInvalid) {
            _ = try VaultManifest(verifying: forged, publicKey: sample.signingKey.publicKey)
        }
        #expect(throws: VaultRefusal.signatureInvalid) {
            _ = try VaultManifest(verifying: forged, publicKey: [1, 2, 3])
        }
        #expect(try VaultManifest(verifying: forged, publicKey: other.publicKey) == manifest)
    }

    @Test(
        "what is not our manifest is refused before it is believed",
        arguments: [
            "", "{}", "[]", "null", "{\"version\":5}", "\u{0}",
            String(repeating: "[", count: 9000),
        ])
    func malformed(text: String) throws {
        #expect(throws: VaultRefusal.manifestMalformed) {
            _ = try VaultManifest(
                verifying: Array(text.utf8), publicKey: sample.signingKey.publicKey)
        }
    }

    @Test func anotherMemberOrFileIsRefused() throws {
        let text = try sample.text(VaultFiles.manifest)
        for (part, other) in [
            ("\"keys\":3", "\"keys\":3,\"extra\":1"), ("api_keys.map", "../../etc/keys"),
            ("\"keys\":3", "\"keys\":-3"), ("\"version\":5", "\"version\":0"),
            ("\"version\":5", "\"version\":\"5\""), ("\"keys\":3", "\"keys\":3,\"keys\":3"),
        ] {
            let changed = text.split(separator: part, maxSplits: 1).joined(separator: other)
            try sample.write(changed, VaultFiles.manifest)
            #expect(sample.refusal() == .manifestMalformed, "\(other)")
        }
        try sample.write(String(repeating: " ", count: 20_000), VaultFiles.manifest)
        #expect(sample.refusal() == .manifestTooLong)
    }

    @Test("only an older or equal vault is replaced, and only in its time")
    func admission() throws {
        let older = VaultManifest(
            version: 4, base: 4, since: 4, keyCount: 0, madeAt: manifest.madeAt,
            validUntil: manifest.validUntil, map: manifest.table, table: manifest.map,
            changes: manifest.changes)
        let newer = VaultManifest(
            version: 6, base: 6, since: 6, keyCount: 3, madeAt: manifest.madeAt,
            validUntil: manifest.validUntil, map: manifest.map, table: manifest.table,
            changes: manifest.changes)
        let other = VaultManifest(
            version: 5, base: 5, since: 5, keyCount: 3, madeAt: manifest.madeAt,
            validUntil: manifest.validUntil, map: manifest.table, table: manifest.map,
            changes: manifest.changes)

        #expect(sample.refusal(after: older) == nil)
        #expect(sample.refusal(after: manifest) == nil)
        #expect(sample.refusal(after: newer) == .versionTooLow(installed: 6, offered: 5))
        #expect(sample.refusal(after: other) == .versionReused(5))

        sample.world.advance(milliseconds: 7_200_000)
        #expect(sample.refusal() == nil)
        sample.world.advance(milliseconds: 1)
        #expect(sample.refusal() == .expired)
        sample.world.advance(milliseconds: -7_200_001 - 300_000)
        #expect(sample.refusal() == nil)
        sample.world.advance(milliseconds: -1)
        #expect(sample.refusal() == .notYetMade)
    }

    @Test("files that were signed, but are none of ours, are refused with their line")
    func signedNonsense() throws {
        let map = try sample.text(VaultFiles.map)
        let table = try sample.text(VaultFiles.table)
        let lines = map.split(separator: "\n").map { "\($0)\n" }
        try expect(.lineMalformed(VaultFiles.map, line: 2), lines[0] + lines[0] + lines[2], table)
        let rows = table.split(separator: "\n").map { "\($0)\n" }
        try expect(
            .lineMalformed(VaultFiles.map, line: 3), lines[0] + lines[2] + lines[1],
            rows[0] + rows[1] + rows[3] + rows[2])
        try expect(
            .lineMalformed(VaultFiles.map, line: 1), "0A" + lines[0].dropFirst(2), table)
        try expect(
            .lineMalformed(VaultFiles.table, line: 3), lines[0] + lines[2], table)
        try expect(.lineMalformed(VaultFiles.table, line: 1), map, String(table.dropFirst()))
        try expect(.lineMalformed(VaultFiles.table, line: 5), map, table + "4,A:B:C,1,pro,seal\n")
        try expect(
            .lineMalformed(VaultFiles.table, line: 2), map,
            table.split(separator: "1,AAAA").joined(separator: "9,AAAA"))
    }

    /// Signs other files and reads them.
    func expect(_ refusal: VaultRefusal, _ map: String, _ table: String) throws {
        func summary(_ name: String, _ text: String) -> VaultFileSummary {
            let digest = SHA256.hash(Array(text.utf8)).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }
            return VaultFileSummary(
                name: name, count: Int64(text.utf8.count), digest: digest.joined())
        }
        let forged = VaultManifest(
            version: 5, base: 5, since: 5, keyCount: 3, madeAt: manifest.madeAt,
            validUntil: manifest.validUntil, map: summary(VaultFiles.map, map),
            table: summary(VaultFiles.table, table), changes: manifest.changes)
        try sample.write(map, VaultFiles.map)
        try sample.write(table, VaultFiles.table)
        try sample.write(
            String(decoding: forged.signed(by: sample.signingKey), as: UTF8.self),
            VaultFiles.manifest)
        #expect(sample.refusal() == refusal)
    }
}
