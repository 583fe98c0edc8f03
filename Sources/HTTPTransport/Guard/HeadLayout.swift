/// Checks that a head consists of nothing but what the parser reported.
///
/// The parser leaves each part of a head where it was received and tells us its address. A well
/// formed head is covered without gaps: each part ends where the next begins, with one separator
/// or CR LF between. A bare LF, a folded line, a NUL or doubled spaces leave a part uncovered,
/// and with it two readings of the same bytes.
struct HeadLayout {
    private let start: UInt
    private let end: UInt
    private var next: UInt
    private(set) var isTight = true

    /// - Parameters:
    ///   - address: where the method begins.
    ///   - size: bytes from there to the end of the empty line that closes the head.
    init(address: UInt, size: Int) {
        start = address
        next = address
        end = address &+ UInt(bitPattern: size)
    }

    /// Bytes of the whole head.
    var count: Int { Int(bitPattern: end &- start) }

    /// Whether a part was received with this head; otherwise it is a field of our own making.
    func holds(_ address: UInt) -> Bool { start..<max(start, end) ~= address }

    /// A part that begins where the last one ended.
    mutating func cover(_ address: UInt, count: Int, separator: UInt) {
        if address != next { isTight = false }
        next = address &+ UInt(bitPattern: count) &+ separator
    }

    /// A field; between colon and value there may be blanks, which the parser skipped.
    mutating func coverField(name: UInt, nameCount: Int, value: UInt, valueCount: Int) {
        if name != next || value < name &+ UInt(bitPattern: nameCount) &+ 1 { isTight = false }
        next = value &+ UInt(bitPattern: valueCount) &+ 2
    }

    /// Whether the head was covered up to its closing empty line.
    func isCovered() -> Bool {
        isTight && next &+ 2 == end
    }
}
