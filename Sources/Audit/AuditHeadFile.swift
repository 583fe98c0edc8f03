import ByteCodecs
import Glibc

/// The newest head that was sealed, kept in a file, so that a restart does not forget it.
///
/// Content: one line, the head as `position:hash`, a space, and the public key that sealed it as
/// 64 hex digits. Gateways of one host may share the file: its head only grows. To accept a
/// database that was deliberately set back, stop the gateways and remove the file.
public struct AuditHeadFile: Sendable {
    private static let sizeLimit = 4096

    public let path: String

    public init(path: String) { self.path = path }

    /// The head it holds; nil when there is no such file.
    public func head() throws(AuditHeadFileError) -> AuditHead? { try read()?.head }

    func read() throws(AuditHeadFileError) -> RememberedHead? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .failed(step: "open", code: errno)
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: Self.sizeLimit)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .failed(step: "read", code: errno) }
        guard let remembered = RememberedHead(line: buffer[..<count]) else { throw .malformed }
        return remembered
    }

    /// Replaces what the file holds as a whole, unless that is as far or further.
    ///
    /// - Returns: false when another process is writing just now; try again later.
    func advance(to remembered: RememberedHead) throws(AuditHeadFileError) -> Bool {
        let folder = open(folderPath, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .failed(step: "open folder", code: errno) }
        defer { close(folder) }
        // The file itself is replaced and can carry no lock.
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return false }
            throw .failed(step: "lock folder", code: errno)
        }
        defer { flock(folder, LOCK_UN) }  // Closing is not enough while a child just forked has it.
        if let current = try read(), current.head.position >= remembered.head.position {
            return true
        }
        let temporary = path + ".new"
        try write(remembered.line, to: temporary)
        guard rename(temporary, path) == 0 else { throw .failed(step: "rename", code: errno) }
        guard fsync(folder) == 0 else { throw .failed(step: "sync folder", code: errno) }
        return true
    }

    private func write(_ bytes: [UInt8], to path: String) throws(AuditHeadFileError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(path, flags, 0o644)
        guard descriptor >= 0 else { throw .failed(step: "create", code: errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .failed(step: "write", code: errno)
        }
        guard fsync(descriptor) == 0 else { throw .failed(step: "sync", code: errno) }
    }

    private var folderPath: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Why a head could not be read or kept.
public enum AuditHeadFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// With the `errno` of the step.
    case failed(step: String, code: Int32)
    /// It does not hold a head and a key.
    case malformed

    public var description: String {
        switch self {
        case .failed(let step, let code): "\(step): \(String(cString: strerror(code)))"
        case .malformed: "it does not hold 'position:hash key'"
        }
    }
}
