import Glibc

/// Ports of 127.0.0.1.
enum FreePort {
    /// - Returns: `wanted` when nobody listens there, else any free port; nil when there is none.
    static func choose(preferring wanted: UInt16) -> UInt16? {
        if wanted != 0, isFree(wanted) { return wanted }
        return bound(to: 0)
    }

    static func isFree(_ port: UInt16) -> Bool { bound(to: port) != nil }

    /// Binds and lets go again; whoever comes next may still be faster, and is then told so.
    private static func bound(to port: UInt16) -> UInt16? {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
