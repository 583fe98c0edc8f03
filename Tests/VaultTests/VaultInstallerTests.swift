import Cryptography
import Determinism
import Glibc
import Testing

@testable import Vault

@Suite struct VaultInstallerTests {
    /// The manager's folder is `source.folder`, the edge's `edge.folder`.
    let source: VaultSample
    let edge: VaultSample

    init() throws { (source, edge) = (try VaultSample(), try VaultSample()) }

    func installer() throws(VaultRefusal) -> VaultInstaller {
        try VaultInstaller(
            from: source.folder.path, to: edge.folder, publicKey: source.signingKey.publicKey,
            source.world.surroundings)
    }

    /// A version with changes before the files of all keys that are in force.
    func publishChanges(
        _ version: Int64, after installed: VaultManifest, base: Int64, since: Int64,
        _ lines: [VaultChanges.Line]
    ) throws {
        let changes = VaultChanges(lines: lines, base: base, version: version)
        let manifest = VaultManifest(
            version: version, base: base, since: since, keyCount: installed.keyCount,
            madeAt: source.world.surroundings.now(), validUntil: source.validUntil,
            map: installed.map, table: installed.table,
            changes: VaultFileSummary(VaultFiles.changes, changes.bytes))
        try source.folder.put(
            manifest.signed(by: source.signingKey), changes,
            keysIn: try #require(try source.folder.inForce))
    }

    /// Looks until nothing is left to be taken over.
    func settle(_ installer: inout VaultInstaller) throws(VaultRefusal) {
        repeat { _ = try installer.look() } while installer.isBehind
    }

    func inForce() throws -> [String: String] {
        let set = try VaultSet(
            readingFrom: edge.folder.current, publicKey: source.signingKey.publicKey, after: nil,
            source.world.surroundings)
        return VaultDeltaTests.read(try set.mapInForce)
    }

    @Test("takes what the source has, and nothing when it has nothing new")
    func takes() throws {
        var installer = try installer()
        #expect(throws: VaultRefusal.fileMissing(VaultFiles.manifest)) {
            try installer.look()
        }
        let first = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        #expect(try installer.look())
        #expect(try !installer.look())
        #expect(try inForce().count == 9)
        try source.publish(2, (0..<8).map { try VaultSample.entry($0) }, after: first)
        #expect(try installer.look())
        #expect(try inForce().count == 8)
    }

    @Test("one change needs no new files of all keys, and these follow")
    func behind() throws {
        var installer = try installer()
        let first = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        _ = try installer.look()
        let gone = VaultChanges.Line(key: try VaultSample.key(3), grant: nil)
        try publishChanges(2, after: first, base: 1, since: 1, [gone])
        #expect(try installer.look() && !installer.isBehind)
        #expect(try inForce().count == 8)

        // New files of all keys, with changes that go with the old ones as well.
        var writer = try source.folder.beginKeys()
        for number: UInt8 in [0, 1, 2, 4, 5] { try writer.add(VaultSample.entry(number)) }
        let keys = try writer.finish()
        let lines = try [3, 6, 7, 8].map {
            VaultChanges.Line(key: try VaultSample.key($0), grant: nil)
        }
        let changes = VaultChanges(lines: lines, base: 2, version: 3)
        let manifest = VaultManifest(
            version: 3, base: 2, since: 1, keyCount: keys.count,
            madeAt: source.world.surroundings.now(), validUntil: source.validUntil, map: keys.map,
            table: keys.table, changes: VaultFileSummary(VaultFiles.changes, changes.bytes))
        try source.folder.put(
            manifest.signed(by: source.signingKey), changes, keysIn: keys.folder)
        #expect(try installer.look() && installer.isBehind)
        #expect(try inForce().count == 5)
        #expect(try edge.text(VaultFiles.changes).contains("base 1\nversion 3\n"))
        try settle(&installer)
        #expect(try inForce().count == 5)
        #expect(try edge.text(VaultFiles.changes).contains("base 2\nversion 3\n"))
        #expect(try edge.text(VaultFiles.map) == source.text(VaultFiles.map))
    }

    @Test("changes that do not reach back to the edge's files are taken with all keys only")
    func tooOld() throws {
        var installer = try installer()
        let first = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        _ = try installer.look()
        let second = try source.publish(2, (0..<4).map { try VaultSample.entry($0) }, after: first)
        let gone = VaultChanges.Line(key: try VaultSample.key(3), grant: nil)
        try publishChanges(3, after: second, base: 2, since: 2, [gone])
        #expect(try installer.look() && !installer.isBehind)
        #expect(try inForce().count == 3)
    }

    @Test("a started edge goes on where it was")
    func restart() throws {
        var first = try installer()
        let one = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        try settle(&first)
        try publishChanges(
            2, after: one, base: 1, since: 1,
            [VaultChanges.Line(key: try VaultSample.key(3), grant: nil)])
        _ = consume first
        var second = try installer()
        #expect(second.installed?.version == 1)
        #expect(try second.look())
        #expect(try inForce().count == 8)
    }

    @Test("while one is at work no other is, and the next one goes on")
    func alone() throws {
        var first = try installer()
        #expect(throws: VaultRefusal.folderInUse) { _ = try installer() }
        try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        #expect(try first.look())
        #expect(throws: VaultRefusal.folderInUse) { _ = try installer() }
        _ = consume first
        #expect(try installer().installed?.version == 1)
        #expect(throws: VaultRefusal.failed(step: "open folder", code: ENOENT)) {
            _ = try VaultInstaller(
                from: source.folder.path, to: VaultFolder(path: "\(edge.folder.path)/none"),
                publicKey: source.signingKey.publicKey, source.world.surroundings)
        }
    }

    @Test("one byte that is not as it was signed, in any file, and nothing of it is taken")
    func altered() throws {
        var installer = try installer()
        let first = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        _ = try installer.look()
        try source.publish(2, (0..<8).map { try VaultSample.entry($0) }, after: first)
        for (name, part, other) in [
            (VaultFiles.map, "1;starter", "2;starter"), (VaultFiles.map, ";100;", ";900;"),
            (VaultFiles.table, "AAAA", "AAAB"), (VaultFiles.changes, "version 2", "version 3"),
            (VaultFiles.changes, "base 2", "base 1"),
            (VaultFiles.manifest, "\"keys\":8", "\"keys\":7"),
        ] {
            let text = try source.text(name)
            try source.write(
                text.split(separator: part, maxSplits: 1).joined(separator: other), name)
            #expect(throws: VaultRefusal.self, "\(name) \(part)") { try installer.look() }
            try source.write(text, name)
            #expect(installer.installed?.version == 1)
            #expect(try inForce().count == 9)
        }
        #expect(try installer.look())
        #expect(try inForce().count == 8)
    }

    @Test("an older vault, one of another key, and the same number with other content are refused")
    func refused() throws {
        var installer = try installer()
        let second = try source.publish(2, (0..<9).map { try VaultSample.entry($0) })
        _ = try installer.look()
        func refusal(_ body: () throws -> Void) throws -> VaultRefusal? {
            #expect(VaultSample.run("rm", "-r", source.folder.current) == 0)
            for name in ["v1", "v2", "v3"] {
                _ = VaultSample.run("rm", "-rf", "\(source.folder.path)/\(name)")
            }
            try body()
            do { _ = try installer.look() } catch { return error }
            return nil
        }
        #expect(
            try refusal { try source.publish(1, [VaultSample.entry(0)]) }
                == .versionTooLow(installed: 2, offered: 1))
        #expect(
            try refusal { try source.publish(2, [VaultSample.entry(0)]) } == .versionReused(2))
        let other = try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: 4, count: 32)))
        #expect(
            try refusal {
                _ = try source.folder.publish(
                    version: 3, after: nil, validUntil: source.validUntil, signedBy: other,
                    source.world.surroundings
                ) { _ throws(VaultRefusal) in }
            } == .signatureInvalid)
        #expect(installer.installed == second)
        #expect(try inForce().count == 9)
    }

    @Test("a vault whose time has passed is not taken, and the one in force stays")
    func expired() throws {
        var installer = try installer()
        let first = try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        _ = try installer.look()
        try source.publish(2, [VaultSample.entry(0)], after: first)
        source.world.advance(milliseconds: 7_200_001)
        #expect(throws: VaultRefusal.expired) { try installer.look() }
        #expect(installer.installed?.version == 1)
    }

    @Test("a copy of one version without its link is a source as well")
    func plainCopy() throws {
        try source.publish(1, (0..<9).map { try VaultSample.entry($0) })
        let copy = "\(edge.folder.path)/copy"
        #expect(VaultSample.run("cp", "-rL", source.folder.current, copy) == 0)
        var installer = try VaultInstaller(
            from: copy, to: edge.folder, publicKey: source.signingKey.publicKey,
            source.world.surroundings)
        #expect(try installer.look())
        #expect(try inForce().count == 9)
    }
}
