import ByteCodecs
import Cryptography

/// Where the chain of seals stands: everything up to a position, in 32 bytes.
///
/// Kept outside the database (in ``AuditHeadFile`` and on log lines), it shows also when the newest
/// seals are cut off, which no check of what is left can show.
public struct AuditHead: Equatable, Sendable, CustomStringConvertible {
    /// How many rows have been sealed.
    public var position: Int64
    /// 32 bytes.
    public var hash: [UInt8]

    /// Before the first row.
    static let start = AuditHead(position: 0, hash: [UInt8](repeating: 0, count: 32))

    init(position: Int64, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }

    /// - Parameter text: `position:hash`, the hash as 64 hex digits.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Int64(parts[0]), position >= 1,
            let hash = try? Hex.decode(parts[1]), hash.count == 32
        else { return nil }
        self.init(position: position, hash: hash)
    }

    public var description: String { "\(position):\(Hex.encode(hash))" }

    /// SHA-256 of `sluice audit head 1`, a line feed, the hash before, the new position as 8 bytes
    /// big-endian, a byte 1 for a late row or else 0, and the hash of the row at it.
    func followed(byRowHash rowHash: [UInt8], isLate: Bool) -> AuditHead {
        let next = position &+ 1  // A forged position must not stop us; no signed one is near.
        var bytes = Array("sluice audit head 1\n".utf8) + hash
        bytes.append(bigEndian: next)
        bytes.append(isLate ? 1 : 0)
        return AuditHead(position: next, hash: SHA256.hash(bytes + rowHash))
    }
}
