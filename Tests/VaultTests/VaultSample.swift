import Cryptography
import Determinism
import Glibc
import Identifiers
import Services
import Testing

@testable import Vault

/// A folder of its own for a test, and entries to fill it with.
final class VaultSample: Sendable {
    let folder: VaultFolder
    let world = SimulatedWorld(seed: 12)
    let signingKey: Ed25519SigningKey

    init() throws {
        var name = Array("/tmp/sluice-vault-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let path = name.dropLast().map { UInt8(bitPattern: $0) }
        folder = VaultFolder(path: String(decoding: path, as: UTF8.self))
        signingKey = try Ed25519SigningKey(seed: SecretBytes([UInt8](repeating: 3, count: 32)))
    }

    deinit { _ = Self.run("rm", "-rf", folder.path) }

    var validUntil: Timestamp { world.surroundings.now().adding(seconds: 7200) }

    /// Keys numbered from 0, by ascending hash.
    static func entry(_ number: UInt8, rate: Int = 100) throws -> VaultEntry {
        try VaultEntry(
            key: key(number),
            grant: VaultGrant(
                customer: #require(CustomerID(Int64(number) + 1)), tier: .starter, rate: rate,
                service: .seal),
            encryptedKey: "AAAA:BBBB:CCC=")
    }

    static func suspended(_ number: UInt8) throws -> VaultEntry {
        try VaultEntry(
            key: key(number),
            grant: .suspended(
                customer: #require(CustomerID(Int64(number) + 1)), service: .seal),
            encryptedKey: "AAAA:BBBB:CCC=")
    }

    static func key(_ number: UInt8) throws -> APIKeyHash {
        try #require(APIKeyHash(bytes: [number] + [UInt8](repeating: 7, count: 31)))
    }

    @discardableResult
    func publish(
        _ version: Int64, _ entries: [VaultEntry], after installed: VaultManifest? = nil
    ) throws(VaultRefusal) -> VaultManifest {
        try folder.publish(
            version: version, after: installed, validUntil: validUntil, signedBy: signingKey,
            world.surroundings
        ) { writer throws(VaultRefusal) in
            for entry in entries { try writer.add(entry) }
        }
    }

    func read(after installed: VaultManifest? = nil) throws(VaultRefusal) -> VaultSet {
        try VaultSet(
            readingFrom: folder.current, publicKey: signingKey.publicKey, after: installed,
            world.surroundings)
    }

    func refusal(after installed: VaultManifest? = nil) -> VaultRefusal? {
        do {
            _ = try read(after: installed)
            return nil
        } catch {
            return error
        }
    }

    func text(_ name: String) throws -> String {
        let file = try #require(fopen("\(folder.current)/\(name)", "rb"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    func write(_ text: String, _ name: String) throws {
        let file = try #require(fopen("\(folder.current)/\(name)", "wb"))
        defer { fclose(file) }
        #expect(fputs(text, file) >= 0)
    }

    /// - Returns: the exit code.
    static func run(_ command: String...) -> Int32 {
        var child = pid_t()
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard posix_spawnp(&child, command[0], nil, nil, arguments, environ) == 0 else {
            return -1
        }
        var status: Int32 = 0
        guard waitpid(child, &status, 0) == child else { return -1 }
        return status >> 8 & 0xFF
    }
}
