public import Identifiers
import Services

/// One API key in the vault: a line of each file.
public struct VaultEntry: Hashable, Sendable {
    public let key: APIKeyHash
    public let grant: VaultGrant
    /// Made once per key by ``VaultKeySealer``, so that what has not changed is written the same.
    public let encryptedKey: String

    /// - Throws: ``VaultRefusal/encryptedKeyMalformed`` for a text that is not sealed, or could
    ///   end its field.
    public init(
        key: APIKeyHash, grant: VaultGrant, encryptedKey: String
    ) throws(VaultRefusal) {
        guard Self.isSealed(encryptedKey) else { throw .encryptedKeyMalformed }
        self.key = key
        self.grant = grant
        self.encryptedKey = encryptedKey
    }

    var mapLine: String { "\(key) \(grant)\n" }

    /// In the order of ``VaultFiles/tableHeader``.
    var tableLine: String {
        let service = grant.service.rawValue
        return "\(grant.customer),\(encryptedKey),\(grant.rate),\(grant.tier.text),\(service)\n"
    }

    private static func isSealed(_ text: String) -> Bool {
        let characters = text.utf8
        guard (1...512).contains(characters.count),
            characters.count(where: { $0 == UInt8(ascii: ":") }) >= 2
        else { return false }
        return characters.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="), UInt8(ascii: ":"):
                true
            default: false
            }
        }
    }
}
