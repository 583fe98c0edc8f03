import Cryptography
import Determinism
import Storage

/// A row of `audit_seals`: a signature over the chain up to a position.
struct AuditSeal: SQLRow, Equatable {
    var firstPosition: Int64
    var head: AuditHead
    var highestAuditID: Int64
    var sealedAt: Timestamp
    var publicKey: [UInt8]
    var signature: [UInt8]

    static let columns: SQL = """
        first_position, position, head, highest_audit_id, sealed_at, public_key, signature
        """

    init(from columns: inout SQLColumns) throws(StorageError) {
        firstPosition = try columns.next()
        head = AuditHead(position: try columns.next(), hash: try columns.next())
        highestAuditID = try columns.next()
        sealedAt = try columns.next()
        publicKey = try columns.next()
        signature = try columns.next()
    }

    init(
        firstPosition: Int64, head: AuditHead, highestAuditID: Int64, sealedAt: Timestamp,
        key: Ed25519SigningKey
    ) {
        self.firstPosition = firstPosition
        self.head = head
        self.highestAuditID = highestAuditID
        self.sealedAt = sealedAt
        publicKey = key.publicKey
        signature = []
        signature = key.sign(signedBytes)
    }

    /// `sluice audit seal 1`, a line feed, first and last position, highest id, milliseconds since
    /// 1970, each as 8 bytes big-endian, and the head's hash.
    private var signedBytes: [UInt8] {
        var bytes = Array("sluice audit seal 1\n".utf8)
        for number in [firstPosition, head.position, highestAuditID, sealedAt.milliseconds] {
            bytes.append(bigEndian: number)
        }
        return bytes + head.hash
    }

    /// - Parameter keys: the public keys that may have sealed; never those in the database alone.
    func isSigned(byOneOf keys: [[UInt8]]) -> Bool {
        guard keys.contains(publicKey) else { return false }
        do {
            try Ed25519.verify(
                signature: signature, message: signedBytes, publicKey: publicKey)
            return true
        } catch {
            return false
        }
    }
}
