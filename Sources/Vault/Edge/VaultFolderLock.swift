import Glibc

/// Who may write in a folder of vaults: one process, for as long as it has this.
///
/// The folder itself is locked, since all that is in it gets replaced. However a process ends, the
/// system takes the lock from it.
final class VaultFolderLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``VaultRefusal/folderInUse`` where another has it.
    init(_ path: String) throws(VaultRefusal) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .failed(step: "open folder", code: errno) }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(folder)
            throw code == EWOULDBLOCK ? .folderInUse : .failed(step: "lock folder", code: code)
        }
        descriptor = folder
    }

    deinit {
        flock(descriptor, LOCK_UN)  // Closing is not enough while a child just forked has it.
        close(descriptor)
    }
}
