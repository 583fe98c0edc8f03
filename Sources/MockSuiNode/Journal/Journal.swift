import Glibc

/// The file that makes a simulated chain outlive its process.
///
/// What is answered has been written, so that it outlives the process however that ends; a machine
/// that loses its power may lose the last second. The last line may be torn by a crash: it was not
/// answered, and it is cut off at the next start.
public final class Journal: Sendable {
    private let descriptor: Int32

    /// Opens the file, or makes it.
    ///
    /// - Throws: ``JournalError/unusable(errorNumber:)``.
    public init(path: String) throws(JournalError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(errorNumber: errno) }
    }

    deinit { close(descriptor) }

    /// All that was written before, in its order. What follows the last whole line is cut off.
    ///
    /// - Throws: ``JournalError/lineUnreadable(_:)``.
    func entries() throws(JournalError) -> [JournalEntry] {
        let bytes = try contents()
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        guard end == bytes.count || ftruncate(descriptor, off_t(end)) == 0 else {
            throw .unusable(errorNumber: errno)
        }
        var entries: [JournalEntry] = []
        for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
            guard let entry = JournalEntry(line: line) else {
                throw .lineUnreadable(entries.count + 1)
            }
            entries.append(entry)
        }
        return entries
    }

    func append(_ entry: JournalEntry) throws(JournalError) {
        let line = entry.line
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || errno == EINTR else { throw .unusable(errorNumber: errno) }
            written += max(0, count)
        }
    }

    /// Returns once everything appended is on the disk.
    func sync() throws(JournalError) {
        guard fdatasync(descriptor) == 0 else { throw .unusable(errorNumber: errno) }
    }

    private func contents() throws(JournalError) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unusable(errorNumber: errno) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while bytes.count < Int(status.st_size) {
            let count = pread(descriptor, &piece, piece.count, off_t(bytes.count))
            guard count >= 0 else { throw .unusable(errorNumber: errno) }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
        }
        return bytes
    }
}
