import Glibc

/// Which database charges are made from, kept outside of it, so that one restored from before is
/// told from the one that was left.
///
/// Content: one line of words between spaces: `armed` or `fenced`, what `leader_identity()` said,
/// the leader's counter and the checkpoint that was booked. A line without the two figures is read
/// as well.
public struct IdentityFile: Sendable {
    /// How far a leader has come with the database that it names.
    public enum Content: Hashable, Sendable {
        /// Nothing stands against charging.
        case armed(KnownDatabase)
        /// What was planned when it was first seen is fenced; the chain is still to be caught up
        /// with.
        case fenced(KnownDatabase)

        public var database: KnownDatabase {
            switch self {
            case .armed(let known), .fenced(let known): known
            }
        }

        private var word: String {
            switch self {
            case .armed: "armed"
            case .fenced: "fenced"
            }
        }

        fileprivate var line: String {
            "\(word) \(database.identity) \(database.generation) \(database.checkpoint)\n"
        }

        fileprivate init?(line: String) {
            guard line.hasSuffix("\n") else { return nil }
            let words = line.dropLast().split(separator: " ", omittingEmptySubsequences: false)
            guard [2, 4].contains(words.count), !words[1].isEmpty,
                !words.contains(where: { $0.contains("\n") })
            else { return nil }
            var known = KnownDatabase(identity: String(words[1]))
            if words.count == 4 {
                guard let generation = Int64(words[2]), let checkpoint = Int64(words[3]) else {
                    return nil
                }
                known = KnownDatabase(
                    identity: known.identity, generation: generation, checkpoint: checkpoint)
            }
            switch words[0] {
            case "armed": self = .armed(known)
            case "fenced": self = .fenced(known)
            default: return nil
            }
        }
    }

    private static let sizeLimit = 4096

    public let path: String

    public init(path: String) { self.path = path }

    /// Nil when there is no such file.
    public func read() throws(IdentityFileError) -> Content? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw .failed(step: "open", code: errno)
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: Self.sizeLimit)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw .failed(step: "read", code: errno) }
        guard let content = Content(line: String(decoding: buffer[..<count], as: UTF8.self)) else {
            throw .malformed
        }
        return content
    }

    /// Replaces the file as a whole: after a crash it holds the one content or the other. Each
    /// process writes beside it under a name of its own, so that two do not write into one file.
    public func write(_ content: Content) throws(IdentityFileError) {
        let temporary = "\(path).new.\(getpid())"
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
        let descriptor = open(temporary, flags, 0o600)
        guard descriptor >= 0 else { throw .failed(step: "create", code: errno) }
        defer { close(descriptor) }
        let bytes = Array(content.line.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .failed(step: "write", code: errno)
        }
        guard fsync(descriptor) == 0 else { throw .failed(step: "sync", code: errno) }
        guard rename(temporary, path) == 0 else { throw .failed(step: "rename", code: errno) }
        try syncFolder()
    }

    private func syncFolder() throws(IdentityFileError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed(step: "open folder", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .failed(step: "sync folder", code: errno) }
    }
}

/// Why it is not known which database was charged from.
public enum IdentityFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// With the `errno` of the step.
    case failed(step: String, code: Int32)
    case malformed

    public var description: String {
        switch self {
        case .failed(let step, let code): "\(step): \(String(cString: strerror(code)))"
        case .malformed: "it does not hold a word, a database's identity and two figures"
        }
    }
}
