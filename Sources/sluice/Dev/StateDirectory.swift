import Glibc

/// The directory that holds what one development stack keeps between starts.
final class StateDirectory {
    let path: String
    private let lock: Int32

    /// Makes the directory where needed and takes it for this process.
    init(_ given: String) throws(DevError) {
        try Self.make(EnvironmentFile.expandingHome(given))
        guard let resolved = realpath(EnvironmentFile.expandingHome(given), nil) else {
            throw DevError("the state directory \(given) cannot be opened: \(Self.reason)")
        }
        path = String(cString: resolved)
        free(resolved)
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw DevError("the state directory \(path) cannot be written: \(Self.reason)")
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw DevError("another 'sluice dev' runs with the state directory \(path)")
        }
    }

    deinit { close(lock) }

    func file(_ name: String) -> String { path + "/" + name }

    func text(_ name: String) -> String? {
        FileBytes.read(path: file(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a file that only the user can read, in one step: a reader sees the old or the new.
    func write(_ text: String, to name: String) throws(DevError) {
        let path = file(name)
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DevError("\(path) cannot be written: \(Self.reason)") }
        fchmod(descriptor, 0o600)  // A file left by an earlier start keeps its mode otherwise.
        let bytes = Array(text.utf8)
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        guard count == bytes.count, isSynced, rename(path + ".new", path) == 0 else {
            throw DevError("\(path) cannot be written: \(Self.reason)")
        }
    }

    func remove(_ name: String) { unlink(file(name)) }

    /// Opens a log to which children append.
    func openLog(_ name: String) throws(DevError) -> Int32 {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DevError("\(file(name)) cannot be written: \(Self.reason)")
        }
        return descriptor
    }

    /// Others may pass through, because the database's user must reach its cluster below; the
    /// files in here are closed to them one by one.
    private static func make(_ path: String) throws(DevError) {
        if mkdir(path, 0o711) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex
        {
            try make(String(path[..<slash]))
            if mkdir(path, 0o711) == 0 || errno == EEXIST { return }
        }
        throw DevError("the directory \(path) cannot be made: \(reason)")
    }

    static var reason: String { String(cString: strerror(errno)) }
}
