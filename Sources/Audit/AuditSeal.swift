import Cryptography
import Determinism
import Storage

/// A row of `audit_seals`: a signature over the chain up to a position.
struct AuditSeal: SQLRow, Equatable {
    var firstPosition: Int64
    var head: AuditHead
    var highestAuditID: Int64
    /// The sealer's clock.
    var sealedAt: DatabaseMoment
    /// The database's clock: what was committed before is under this seal or an earlier one. Moves
    /// only with a seal that left nothing waiting, and may then go back, as that clock may.
    var settledAt: DatabaseMoment?
    var publicKey: [UInt8]
    var signature: [UInt8]

    static let columns: SQL = """
        first_position, position, head, highest_audit_id, sealed_at, settled_at, public_key,
        signature
        """

    /// What is NULL although it cannot be becomes something that nobody signed.
    init(from columns: inout SQLColumns) throws(StorageError) {
        firstPosition = try columns.next() ?? 0
        head = AuditHead(position: try columns.next() ?? 0, hash: try columns.next() ?? [])
        highestAuditID = try columns.next() ?? 0
        sealedAt = try columns.next() ?? DatabaseMoment(microseconds: 0)
        settledAt = try columns.next()
        publicKey = try columns.next() ?? []
        signature = try columns.next() ?? []
    }

    init(
        firstPosition: Int64, head: AuditHead, highestAuditID: Int64, sealedAt: Timestamp,
        settledAt: DatabaseMoment?, key: Ed25519SigningKey
    ) {
        self.firstPosition = firstPosition
        self.head = head
        self.highestAuditID = highestAuditID
        self.sealedAt = DatabaseMoment(sealedAt)
        self.settledAt = settledAt
        publicKey = key.publicKey
        signature = []
        signature = key.sign(signedBytes)
    }

    /// `sluice audit seal 1`, a line feed, first and last position, highest id, `sealed_at`, a
    /// byte 1 and `settled_at` or else a byte 0, and the head's hash. Numbers are 8 bytes
    /// big-endian, moments microseconds since 2000.
    private var signedBytes: [UInt8] {
        var bytes = Array("sluice audit seal 1\n".utf8)
        for number in [firstPosition, head.position, highestAuditID, sealedAt.microseconds] {
            bytes.append(bigEndian: number)
        }
        bytes.append(settledAt == nil ? 0 : 1)
        if let settledAt { bytes.append(bigEndian: settledAt.microseconds) }
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
