/// Steps through one line, from member to member. Must not outlive the bytes.
///
/// The line is HAProxy's, of one known shape, so it is held against that shape rather than read
/// as JSON: nothing nested is ever entered, and the work is bounded by the line's expected length.
struct LineScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// Steps over what must stand here, if it does.
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
            return false
        }
        position += count
        return true
    }

    /// A whole number from 0, without leading zeros.
    mutating func number(
        _ field: LineField, upTo maximum: Int64
    ) throws(LineRefusal) -> Int64 {
        guard position < bytes.count else { throw .missing(field) }
        try refuseOtherTypes(field)
        guard bytes[position] != UInt8(ascii: "-") else { throw .negative(field) }
        let start = position
        var number: Int64 = 0
        while position < bytes.count, (48...57).contains(bytes[position]) {
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (next, isStillTooLarge) = tens.addingReportingOverflow(
                Int64(bytes[position] - 48))
            guard !isTooLarge, !isStillTooLarge else { throw .outOfRange(field) }
            number = next
            position += 1
        }
        let isPadded = position - start > 1 && bytes[start] == UInt8(ascii: "0")
        guard position > start, !isPadded, isAtValueEnd else { throw .malformed(field) }
        guard number <= maximum else { throw .outOfRange(field) }
        return number
    }

    /// The same, or nil for −1: what HAProxy writes for what did not happen.
    mutating func optionalNumber(
        _ field: LineField, upTo maximum: Int64
    ) throws(LineRefusal) -> Int64? {
        let start = position
        if skip("-1"), isAtValueEnd { return nil }
        position = start
        return try number(field, upTo: maximum)
    }

    /// What stands between quotes, of 1 to `maximum` bytes that `isAllowed`: never an escape.
    mutating func text(
        _ field: LineField, upTo maximum: Int, where isAllowed: (UInt8) -> Bool
    ) throws(LineRefusal) -> UnsafeBufferPointer<UInt8> {
        guard position < bytes.count else { throw .missing(field) }
        guard bytes[position] == UInt8(ascii: "\"") else { throw .wrongType(field) }
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            guard isAllowed(bytes[end]) else { throw .malformed(field) }
            guard end - start < maximum else { throw .outOfRange(field) }
            end += 1
        }
        guard end < bytes.count, end > start else { throw .malformed(field) }
        position = end + 1
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }

    private var isAtValueEnd: Bool {
        guard position < bytes.count else { return true }
        return bytes[position] == UInt8(ascii: ",") || bytes[position] == UInt8(ascii: "}")
    }

    private func refuseOtherTypes(_ field: LineField) throws(LineRefusal) {
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"):
            throw .wrongType(field)
        default: return
        }
    }
}
