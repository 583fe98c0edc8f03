import Cryptography
import Determinism
import Glibc
import Identifiers
import Testing

@testable import Vault

@Suite struct VaultFolderTests {
    let sample: VaultSample

    init() throws { sample = try VaultSample() }

    @Test("the files are what HAProxy and the table's readers expect, to the byte")
    func files() throws {
        try sample.publish(1, [VaultSample.entry(0), VaultSample.suspended(1)])

        let tail = String(repeating: "07", count: 31)
        #expect(
            try sample.text(VaultFiles.map)
                == "00\(tail) 1;starter;100;seal\n01\(tail) 2;suspended;0;seal\n")
        #expect(
            try sample.text(VaultFiles.table)
                == """
                customer_id,encrypted_key,rate_limit,tier,service_type
                1,AAAA:BBBB:CCC=,100,starter,seal
                2,AAAA:BBBB:CCC=,0,suspended,seal

                """)
        #expect(try sample.text(VaultFiles.changes) == "base 1\nversion 1\n")
        let set = try sample.read()
        #expect(set.manifest.version == 1 && set.manifest.keyCount == 2)
        #expect(try String(decoding: set.map, as: UTF8.self) == sample.text(VaultFiles.map))
    }

    @Test("the same entries at the same time give the same four files")
    func deterministic() throws {
        let other = try VaultSample()
        let entries = try (0..<50).map { try VaultSample.entry($0) }
        try sample.publish(4, entries)
        try other.publish(4, entries)

        for name in [
            VaultFiles.map, VaultFiles.table, VaultFiles.changes, VaultFiles.manifest,
        ] {
            #expect(try sample.text(name) == other.text(name))
        }
    }

    @Test("nothing changed: no new version, and a renewal touches the manifest alone")
    func unchanged() throws {
        let first = try sample.publish(1, [VaultSample.entry(0)])
        sample.world.advance(milliseconds: 3_600_000)
        let again = try sample.publish(2, [VaultSample.entry(0)], after: first)
        #expect(again == first)
        #expect(try sample.read().manifest == first)

        let renewed = first.renewed(
            madeAt: sample.world.surroundings.now(), validUntil: sample.validUntil)
        try sample.folder.renew(renewed, signedBy: sample.signingKey)
        #expect(try sample.read(after: first).manifest == renewed)
        #expect(renewed.version == 1 && renewed.validUntil > first.validUntil)
    }

    @Test("a writer that stops anywhere before the link leaves the old vault in force")
    func torn() throws {
        let first = try sample.publish(1, [VaultSample.entry(0)])
        #expect(throws: VaultRefusal.keysOutOfOrder) {
            try sample.publish(2, [VaultSample.entry(2), VaultSample.entry(1)], after: first)
        }
        #expect(try sample.read().manifest == first)

        // What a process leaves that is killed while it writes, and between its two renames.
        #expect(VaultSample.run("touch", "\(sample.folder.path)/.keys/ma_vault.csv") == 0)
        #expect(VaultSample.run("mkdir", "\(sample.folder.path)/v2") == 0)
        #expect(VaultSample.run("touch", "\(sample.folder.path)/v2/api_keys.map") == 0)
        #expect(VaultSample.run("ln", "-s", "v2", "\(sample.folder.path)/.current.new") == 0)
        #expect(try sample.read().manifest == first)

        let second = try sample.publish(2, [VaultSample.entry(1)], after: first)
        #expect(try sample.read(after: first).manifest == second)
    }

    @Test("the vault in force is never written over, and versions only rise")
    func versions() throws {
        let second = try sample.publish(2, [VaultSample.entry(0)])

        #expect(throws: VaultRefusal.versionTooLow(installed: 2, offered: 1)) {
            try sample.publish(1, [VaultSample.entry(1)], after: second)
        }
        #expect(throws: VaultRefusal.versionTooLow(installed: 2, offered: 2)) {
            try sample.publish(2, [VaultSample.entry(1)], after: second)
        }
        #expect(throws: VaultRefusal.versionReused(2)) {
            try sample.publish(2, [VaultSample.entry(1)])
        }
        #expect(try sample.read().manifest == second)
    }

    @Test("one key twice, or keys out of order, make no vault")
    func order() throws {
        for numbers: [UInt8] in [[1, 1], [2, 1]] {
            let entries = try numbers.map { try VaultSample.entry($0) }
            #expect(throws: VaultRefusal.keysOutOfOrder) { try sample.publish(1, entries) }
        }
        #expect(sample.refusal() == .fileMissing(VaultFiles.manifest))
    }

    @Test func aFolderThatIsNotThereIsAnError() throws {
        let nowhere = VaultFolder(path: sample.folder.path + "/none")
        #expect(throws: VaultRefusal.failed(step: "make folder", code: ENOENT)) {
            try nowhere.publish(
                version: 1, after: nil, validUntil: sample.validUntil,
                signedBy: sample.signingKey, sample.world.surroundings
            ) { _ throws(VaultRefusal) in }
        }
    }
}
