import Glibc

/// An open file that grows.
final class FollowedFile {
    let device: UInt64
    let inode: UInt64
    private let descriptor: Int32

    /// Nil when there is no such file, or it cannot be read.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        (device, inode) = (UInt64(facts.st_dev), UInt64(facts.st_ino))
    }

    deinit { close(descriptor) }

    var size: Int64 {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? Int64(facts.st_size) : 0
    }

    /// When it was last written to; nanoseconds since 1970.
    var modifiedAt: Int64 {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return 0 }
        return Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
    }

    /// Whether a path leads to another file.
    func isReplaced(at path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0
            && (UInt64(facts.st_dev) != device || UInt64(facts.st_ino) != inode)
    }

    /// Fewer bytes than asked for at the file's end.
    func read(at offset: Int64, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            while filled < count, let start = bytes.baseAddress {
                let got = pread(
                    descriptor, start + filled, count - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
        }
    }
}
