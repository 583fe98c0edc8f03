import Authentication
import Billing
import ByteCodecs
import Determinism
import Escrow
import Identifiers
import Services

/// A position in a list that is ordered by time and id, newest first. Opaque to clients; every
/// text of its shape is a position, so no guess finds more than an odd page of one's own list.
struct ListCursor: Equatable, Sendable {
    let moment: Timestamp
    let id: UUIDv7

    /// From 1970 to the end of the year 9999. Everything a list holds is in between; what a client
    /// made up beyond that is cut to it, before anybody reckons with it.
    private static let milliseconds: ClosedRange<Int64> = 0...253_402_300_799_999

    init(_ session: Session) {
        self.init(moment: session.createdAt, id: session.id.uuid)
    }

    init(_ charge: ChargeDetails) {
        self.init(moment: charge.progress.plannedAt, id: charge.id.uuid)
    }

    init(_ key: APIKeyDetails) {
        self.init(moment: key.createdAt, id: key.id.uuid)
    }

    /// Nil only for a place that is none of ours.
    init?(_ movement: WalletMovement) {
        guard let id = UUIDv7(bytes: movement.place) else { return nil }
        self.init(moment: movement.at, id: id)
    }

    init(_ invoice: StoredInvoice) {
        self.init(moment: invoice.openedAt, id: invoice.id.uuid)
    }

    /// A place among an invoice's lines.
    init(line: Int64, of invoice: InvoiceID) {
        self.init(moment: Timestamp(milliseconds: line), id: invoice.uuid)
    }

    /// See ``init(line:of:)``.
    var line: Int64 { moment.milliseconds }

    private init(moment: Timestamp, id: UUIDv7) {
        self.moment = moment
        self.id = id
    }

    /// 48 lower-case hex digits: milliseconds, most significant byte first, then the id.
    init?(_ text: String) {
        guard let bytes = try? Hex.decode(text), bytes.count == 24,
            let id = UUIDv7(bytes: Array(bytes.suffix(16)))
        else { return nil }
        let read = Int64(bitPattern: bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        let bounds = Self.milliseconds
        let moment = min(max(read, bounds.lowerBound), bounds.upperBound)
        self.init(moment: Timestamp(milliseconds: moment), id: id)
    }

    var text: String {
        let milliseconds = UInt64(bitPattern: moment.milliseconds)
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> (56 - 8 * UInt64($0))) }
        return Hex.encode(bytes + id.bytes)
    }

    /// As ``Authentication/Sessions`` takes it.
    var position: (createdAt: Timestamp, id: SessionID) { (moment, SessionID(id)) }
}
