import ByteCodecs
import Cryptography
import Glibc

/// Reads a file line by line, by blocks; where asked for, it knows its digest at the end.
struct VaultLineReader: ~Copyable {
    /// Longer than any line that we write.
    private static let lineLimit = 1024
    private static let blockCount = 1 << 17

    private let name: String
    private let descriptor: Int32
    private var block: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var count: Int64 = 0
    private var hash: RunningSHA256?
    private(set) var line = 0

    init(
        _ name: String, in folder: String, digesting: Bool = false
    ) throws(VaultRefusal) {
        self.name = name
        hash = digesting ? RunningSHA256() : nil
        descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .fileMissing(name) }
            throw .failed(step: "open \(name)", code: errno)
        }
    }

    deinit { close(descriptor) }

    /// - Returns: with its newline; nil at the end.
    /// - Throws: ``VaultRefusal/lineMalformed(_:line:)`` for one that is too long, or has no end.
    mutating func next() throws(VaultRefusal) -> ArraySlice<UInt8>? {
        while true {
            if let end = block.index(of: UInt8(ascii: "\n"), from: start) {
                defer { start = end + 1 }
                line += 1
                return block[start...end]
            }
            guard block.count - start <= Self.lineLimit, !(isAtEnd && start < block.count) else {
                throw .lineMalformed(name, line: line + 1)
            }
            if isAtEnd { return nil }
            try fill()
        }
    }

    /// The table's first line.
    mutating func readHeader() throws(VaultRefusal) {
        guard try next()?.elementsEqual(VaultFiles.tableHeader.utf8) == true else {
            throw .lineMalformed(name, line: 1)
        }
    }

    /// Reads what is left, whatever it is, of a file that is digested.
    ///
    /// - Parameter limit: what is longer is not read to its end.
    mutating func finish(upTo limit: Int64) throws(VaultRefusal) -> VaultFileSummary {
        while !isAtEnd, count <= limit {
            start = block.count
            try fill()
        }
        return VaultFileSummary(name: name, count: count, digest: Hex.encode(hash?.digest ?? []))
    }

    private mutating func fill() throws(VaultRefusal) {
        block.removeFirst(start)
        start = 0
        let held = block.count
        block += [UInt8](repeating: 0, count: Self.blockCount)
        let result = block.withUnsafeMutableBytes {
            read(descriptor, $0.baseAddress.map { $0 + held }, Self.blockCount)
        }
        guard result >= 0 else { throw .failed(step: "read \(name)", code: errno) }
        block.removeLast(Self.blockCount - result)
        block.withUnsafeBytes { hash?.update(UnsafeRawBufferPointer(rebasing: $0[held...])) }
        count += Int64(result)
        isAtEnd = result == 0
    }
}
