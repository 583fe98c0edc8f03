import Glibc

/// Lines of a file that may not end for long, such as standard input.
struct LineReader {
    enum Line: Equatable {
        case bytes([UInt8])
        /// Longer than any line may be; its rest was passed over.
        case tooLong
    }

    private let descriptor: Int32
    private let limit: Int
    private var pending: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// - Parameter limit: bytes of the longest line.
    init(descriptor: Int32, limit: Int = 16 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// - Returns: the next line without its line feed, nil at the end.
    mutating func next() -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let rest = pending[position...]
            let end = rest.firstIndex(of: 0x0A)
            if !isTooLong { line += rest[..<(end ?? rest.endIndex)] }
            if line.count > limit { (isTooLong, line) = (true, []) }
            position = end.map { $0 + 1 } ?? pending.count
            if end != nil { return isTooLong ? .tooLong : .bytes(line) }
            guard fill() else {
                if isTooLong { return .tooLong }
                return line.isEmpty ? nil : .bytes(line)
            }
        }
    }

    private mutating func fill() -> Bool {
        guard !isAtEnd else { return false }
        pending = [UInt8](repeating: 0, count: 1 << 16)
        var count = -1
        repeat {
            count = pending.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        isAtEnd = count <= 0
        pending.removeLast(pending.count - max(0, count))
        position = 0
        return !isAtEnd
    }
}
