import Glibc

/// Waiting for a descriptor to have something to read.
enum Readiness {
    /// - Returns: whether it has, or has ended.
    static func wait(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }
}
