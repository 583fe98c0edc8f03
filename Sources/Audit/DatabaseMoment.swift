import Determinism
import Storage

/// A `timestamptz` exactly as the database holds it, so that none is too odd to be read: also
/// `infinity`, and years that no clock shows.
struct DatabaseMoment: Hashable, Comparable, Sendable {
    /// Since 2000-01-01T00:00:00Z; the largest and the smallest number are the infinities.
    /// Source: `src/include/datatype/timestamp.h` of PostgreSQL 15.
    var microseconds: Int64

    /// 2000-01-01T00:00:00Z in milliseconds since 1970.
    private static let epochMilliseconds: Int64 = 946_684_800_000

    init(microseconds: Int64) { self.microseconds = microseconds }

    init(_ moment: Timestamp) {
        let (milliseconds, isBeyond) = moment.milliseconds.subtractingReportingOverflow(
            Self.epochMilliseconds)
        let (product, isTooFar) = milliseconds.multipliedReportingOverflow(by: 1000)
        microseconds = isBeyond || isTooFar ? (moment.milliseconds < 0 ? .min : .max) : product
    }

    /// Nil for what cannot be written as a date with a year of four digits.
    var timestamp: Timestamp? {
        // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
        guard (-63_082_281_600..<252_455_616_000).contains(microseconds / 1_000_000) else {
            return nil
        }
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1000)
        return Timestamp(milliseconds: whole - (rest < 0 ? 1 : 0) + Self.epochMilliseconds)
    }

    /// Never beyond an infinity.
    func adding(milliseconds count: Int64) -> DatabaseMoment {
        let (sum, isBeyond) = microseconds.addingReportingOverflow(count * 1000)
        return DatabaseMoment(microseconds: isBeyond ? (count < 0 ? .min : .max) : sum)
    }

    static func < (left: DatabaseMoment, right: DatabaseMoment) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension DatabaseMoment: SQLEncodable, SQLDecodable {
    static var sqlType: SQLType { .timestamptz }

    var sqlValue: SQLValue {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: microseconds)
        return SQLValue(type: .timestamptz, bytes: bytes)
    }

    init?(sqlType type: SQLType, bytes: UnsafeRawBufferPointer) {
        guard type == .timestamptz, bytes.count == 8 else { return nil }
        microseconds = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
    }
}
