import Glibc
import Synchronization

/// TCP on 127.0.0.1.
enum LoopbackSocket {
    /// Below the ports that the kernel gives to outgoing connections, any of which may be taken
    /// before it is used, or while its server is down for a moment.
    private static let ports: ClosedRange<UInt16> = 15_000...31_999
    /// Begins at another place in each process.
    private static let next = Mutex(UInt16(truncatingIfNeeded: getpid()))

    /// A port that nobody listens on, and that this process was not given before.
    static func freePort() throws -> UInt16 {
        for _ in ports {
            let step = next.withLock { next in
                next &+= 1
                return next
            }
            let port = ports.lowerBound + step % UInt16(ports.count)
            if let listener = try? listen(port: port) {
                close(listener.descriptor)
                return port
            }
        }
        throw TestFailure("all ports of 127.0.0.1 are in use")
    }

    /// - Parameter port: 0 for any that is free.
    static func listen(port: UInt16 = 0) throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = make()
        var reuse: Int32 = 1  // What is left of earlier connections does not keep a port.
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = address(port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard descriptor >= 0, result else {
            close(descriptor)
            throw TestFailure("cannot listen on 127.0.0.1")
        }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    /// Nil when nobody listens there.
    static func connect(port: UInt16) -> Int32? {
        let descriptor = make()
        var address = address(port: port)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func make() -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
