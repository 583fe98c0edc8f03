import ByteCodecs
import Cryptography
import Glibc

/// Writes one new file from its start, by blocks, and knows its digest at the end.
struct VaultFileWriter: ~Copyable {
    private static let blockCount = 1 << 16
    private static let unsyncedLimit: Int64 = 4 << 20

    private let name: String
    private let descriptor: Int32
    private var block: [UInt8] = []
    private var count: Int64 = 0
    private var synced: Int64 = 0
    private var hash = RunningSHA256()

    /// - Parameter folder: where no file of that name is yet.
    init(_ name: String, in folder: String) throws(VaultRefusal) {
        self.name = name
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        descriptor = open("\(folder)/\(name)", flags, 0o640)
        guard descriptor >= 0 else { throw .failed(step: "create \(name)", code: errno) }
        block.reserveCapacity(Self.blockCount + 1024)
    }

    deinit { close(descriptor) }

    /// - Parameter line: appends to the block, which holds what is not written yet.
    mutating func append(_ line: (inout [UInt8]) -> Void) throws(VaultRefusal) {
        line(&block)
        if block.count >= Self.blockCount { try flush() }
    }

    mutating func append(_ bytes: some Sequence<UInt8>) throws(VaultRefusal) {
        block.append(contentsOf: bytes)
        if block.count >= Self.blockCount { try flush() }
    }

    /// Returns when the bytes would outlive a loss of power.
    mutating func finish() throws(VaultRefusal) -> VaultFileSummary {
        try flush()
        guard fsync(descriptor) == 0 else { throw .failed(step: "sync \(name)", code: errno) }
        return VaultFileSummary(name: name, count: count, digest: Hex.encode(hash.digest))
    }

    private mutating func flush() throws(VaultRefusal) {
        var written = 0
        while written < block.count {
            let result = block.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
            }
            guard result > 0 || errno == EINTR else {
                throw .failed(step: "write \(name)", code: errno)
            }
            written += max(0, result)
        }
        block.withUnsafeBytes { hash.update($0) }
        count += Int64(block.count)
        block.removeAll(keepingCapacity: true)
        try syncLongOnes()
    }

    /// Little is left for the end, and what others sync meanwhile waits for little of this.
    private mutating func syncLongOnes() throws(VaultRefusal) {
        guard count - synced >= Self.unsyncedLimit else { return }
        guard fdatasync(descriptor) == 0 else { throw .failed(step: "sync \(name)", code: errno) }
        synced = count
    }
}
