import Cryptography
import Determinism
import Identifiers
import Services
import Testing

@testable import Vault

@Suite struct VaultKeySealerTests {
    let surroundings = SimulatedWorld(seed: 8).surroundings

    static func sealer(_ byte: UInt8 = 5) throws -> VaultKeySealer {
        VaultKeySealer(
            try SecretSealer(key: SecretBytes([UInt8](repeating: byte, count: 32))))
    }

    @Test("Node's crypto opens what is in the table, and only with the row's customer")
    func node() throws {
        let key = APIKey(for: .seal, from: surroundings)
        let customer = try #require(CustomerID(77))
        let sealed = try Self.sealer().seal(key, of: customer, surroundings)
        let script = """
            const [sealed, customer, expected] = process.argv.slice(1)
            const [iv, tag, text] = sealed.split(':').map(part => Buffer.from(part, 'base64'))
            const open = require('crypto').createDecipheriv('aes-256-gcm', Buffer.alloc(32, 5), iv)
            open.setAAD(Buffer.from(`ma_vault.${customer}.encrypted_key`)).setAuthTag(tag)
            try {
                const opened = open.update(text, undefined, 'utf8') + open.final('utf8')
                process.exit(opened === expected ? 10 : 11)
            } catch { process.exit(12) }
            """

        #expect(VaultSample.run("node", "-e", script, sealed, "77", key.text) == 10)
        #expect(VaultSample.run("node", "-e", script, sealed, "78", key.text) == 12)
    }

    @Test("it opens with its key, for its customer, whole, or not at all")
    func open() throws {
        let key = APIKey(for: .graphql, from: surroundings)
        let (customer, other) = (try #require(CustomerID(77)), try #require(CustomerID(78)))
        let sealed = try Self.sealer().seal(key, of: customer, surroundings)

        #expect(try Self.sealer().open(sealed, of: customer) == key)
        #expect(throws: CryptographyError.authenticationFailed) {
            try Self.sealer().open(sealed, of: other)
        }
        #expect(throws: CryptographyError.authenticationFailed) {
            try Self.sealer(6).open(sealed, of: customer)
        }
        #expect(throws: CryptographyError.self) {
            try Self.sealer().open(String(sealed.dropLast(4)), of: customer)
        }
        let none = try SecretSealer(key: SecretBytes([UInt8](repeating: 5, count: 32))).seal(
            Array("no key".utf8), context: VaultKeySealer.context(customer), surroundings)
        #expect(throws: CryptographyError.sealedTextMalformed) {
            try Self.sealer().open(none, of: customer)
        }
    }

    @Test("a sealed key is one that the vault takes")
    func entry() throws {
        let key = APIKey(for: .seal, from: surroundings)
        let entry = try VaultSample.entry(0)
        let customer = entry.grant.customer
        let sealed = try Self.sealer().seal(key, of: customer, surroundings)

        #expect(
            try VaultEntry(key: key.hash, grant: entry.grant, encryptedKey: sealed).encryptedKey
                == sealed)
    }
}
