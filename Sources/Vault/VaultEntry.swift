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

    /// Appends its line of the map.
    func appendMapLine(to block: inout [UInt8]) {
        key.append(to: &block)
        block.append(UInt8(ascii: " "))
        grant.append(to: &block)
        block.append(UInt8(ascii: "\n"))
    }

    /// Appends its line of the table, in the order of ``VaultFiles/tableHeader``.
    func appendTableLine(to block: inout [UInt8]) {
        grant.appendStart(to: &block)
        block.append(contentsOf: encryptedKey.utf8)
        grant.appendEnd(to: &block)
        block.append(UInt8(ascii: "\n"))
    }

    private static func isSealed(_ text: String) -> Bool {
        guard (1...512).contains(text.utf8.count) else { return false }
        var colons = 0
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "/"),
                UInt8(ascii: "="):
                continue
            case UInt8(ascii: ":"): colons += 1
            default: return false
            }
        }
        return colons >= 2
    }
}
