import Determinism
import Glibc

/// Ports of 127.0.0.1.
enum FreePort {
    /// Below those that the kernel gives to outgoing connections (32768 and up, unless
    /// `net.ipv4.ip_local_port_range` says otherwise): one of those may be taken before it is used.
    private static let usual: ClosedRange<UInt16> = 10_000...14_999
    private static let tries = 100

    /// - Returns: `wanted` when nobody listens there, else any free port; nil when there is none.
    static func choose(preferring wanted: UInt16) -> UInt16? {
        if wanted != 0, isFree(wanted) { return wanted }
        for _ in 0..<tries {
            let port = drawn()
            if isFree(port) { return port }
        }
        return bound(to: 0)
    }

    private static func drawn() -> UInt16 {
        let number = Surroundings.live.randomBytes(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
        return usual.lowerBound + number % UInt16(usual.count)
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
