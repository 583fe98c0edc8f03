import ByteCodecs
import Cryptography
import Glibc

/// Where a private cluster lives whose user cannot reach the state directory: below /var/tmp, in a
/// folder whose name follows from the state directory's and that says inside whose it is.
struct FallbackHome {
    private static let prefix = "sluice-"
    /// Holds the path of the state directory.
    private static let marker = "state-directory"

    let path: String

    private init(path: String) {
        self.path = path
    }

    /// - Parameters:
    ///   - state: the state directory's path.
    ///   - folder: where such homes are; another one only in tests.
    init(of state: String, below folder: String = Self.folder) {
        let name = "\(geteuid()) \(state)"
        path = folder + "/" + Self.prefix + Hex.encode(SHA256.hash(Array(name.utf8)).prefix(8))
    }

    static let folder = "/var/tmp"

    /// Makes the folder, or finds the one of an earlier start.
    func make(for state: String, user: DatabaseUser) throws(DevError) {
        try PrivateCluster.makePrivate(path, for: user)
        let file = path + "/" + Self.marker
        unlink(file)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DevError("\(file) cannot be written: \(StateDirectory.reason)")
        }
        defer { close(descriptor) }
        let bytes = Array(state.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw DevError("\(file) cannot be written: \(StateDirectory.reason)")
        }
    }

    /// Removes the homes whose state directory is gone, so that they do not pile up.
    ///
    /// Only what is surely ours goes: the database user's own folder, whose name follows from the
    /// path that it names, and whose server does not run.
    ///
    /// - Returns: the folders removed.
    static func removeOrphans(
        of user: DatabaseUser, below folder: String = Self.folder
    ) -> [String] {
        homes(below: folder).filter { home in
            guard isPrivate(home, of: user), let state = state(of: home),
                FallbackHome(of: state, below: folder).path == home, isGone(state),
                !PrivateCluster.isServed(home)
            else { return false }
            return FallbackHome(path: home).remove(as: user)
        }
    }

    /// As its owner, so that nothing else can be hit.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    func remove(as user: DatabaseUser) -> Bool {
        let program = user.program("/bin/rm", ["-rf", "--one-file-system", "--", path], [:])
        return (try? ChildProcess.run(program, seconds: 60)) != nil
    }

    private static func homes(below folder: String) -> [String] {
        guard let handle = opendir(folder) else { return [] }
        defer { closedir(handle) }
        var found: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(prefix) { found.append(folder + "/" + name) }
        }
        return found
    }

    private static func isPrivate(_ path: String, of user: DatabaseUser) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            && status.st_uid == user.uid && status.st_mode & 0o022 == 0
    }

    private static func state(of home: String) -> String? {
        let descriptor = open(
            home + "/" + marker, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return FileBytes.read(descriptor, limit: Int(PATH_MAX)).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// A directory that cannot be looked at may still be there.
    private static func isGone(_ directory: String) -> Bool {
        access(directory, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)
    }
}
