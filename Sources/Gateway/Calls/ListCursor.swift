import ByteCodecs
import Determinism
import Identifiers

/// A position in a list that is ordered by time and id, newest first. Opaque to clients; every
/// text of its shape is a position, so no guess finds more than an odd page of one's own list.
struct ListCursor: Equatable, Sendable {
    let moment: Timestamp
    let id: UUIDv7

    init(moment: Timestamp, id: UUIDv7) {
        self.moment = moment
        self.id = id
    }

    /// 48 lower-case hex digits: milliseconds, most significant byte first, then the id.
    init?(_ text: String) {
        guard let bytes = try? Hex.decode(text), bytes.count == 24,
            let id = UUIDv7(bytes: Array(bytes.suffix(16)))
        else { return nil }
        let milliseconds = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(moment: Timestamp(milliseconds: Int64(bitPattern: milliseconds)), id: id)
    }

    var text: String {
        let milliseconds = UInt64(bitPattern: moment.milliseconds)
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> (56 - 8 * UInt64($0))) }
        return Hex.encode(bytes + id.bytes)
    }

    /// Whether this position comes later in a list that starts with the newest.
    func isBehind(_ other: ListCursor) -> Bool {
        moment == other.moment
            ? id.bytes.lexicographicallyPrecedes(other.id.bytes) : moment < other.moment
    }
}
