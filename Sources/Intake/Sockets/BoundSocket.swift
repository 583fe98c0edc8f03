import Glibc

/// A socket at an address of this machine.
struct BoundSocket {
    /// Bytes of datagrams that the kernel keeps for us, as far as it allows.
    private static let datagramBuffer: Int32 = 8 << 20
    private static let backlog: Int32 = 64

    let descriptor: Int32
    /// As bound, where 0 was asked for; 0 for a path.
    let port: UInt16

    init(_ address: ListenAddress) throws(SocketError) {
        switch address.place {
        case .tcp(let host, let port):
            descriptor = try Self.internet(host, port, Int32(SOCK_STREAM.rawValue), address)
        case .udp(let host, let port):
            descriptor = try Self.internet(host, port, Int32(SOCK_DGRAM.rawValue), address)
        case .unix(let path): descriptor = try Self.local(path, address)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.port = Self.port(of: descriptor)
    }

    private static func internet(
        _ host: String, _ port: UInt16, _ type: Int32, _ address: ListenAddress
    ) throws(SocketError) -> Int32 {
        let isSix = host.hasPrefix("[")
        let descriptor = socket(isSix ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw SocketError(address: address, errorNumber: errno) }
        set(descriptor, SO_REUSEADDR, 1)
        if type == Int32(SOCK_DGRAM.rawValue) { set(descriptor, SO_RCVBUF, datagramBuffer) }
        let isBound = isSix ? bindSix(descriptor, port) : bindFour(descriptor, port)
        let isStream = type == Int32(SOCK_STREAM.rawValue)
        guard isBound, !isStream || listen(descriptor, backlog) == 0 else {
            throw failure(descriptor, address)
        }
        return descriptor
    }

    private static func bindFour(_ descriptor: Int32, _ port: UInt16) -> Bool {
        var local = sockaddr_in()
        local.sin_family = sa_family_t(AF_INET)
        local.sin_port = port.bigEndian
        local.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return bound(descriptor, &local, socklen_t(MemoryLayout<sockaddr_in>.size))
    }

    private static func bindSix(_ descriptor: Int32, _ port: UInt16) -> Bool {
        var local = sockaddr_in6()
        local.sin6_family = sa_family_t(AF_INET6)
        local.sin6_port = port.bigEndian
        local.sin6_addr = in6addr_loopback
        return bound(descriptor, &local, socklen_t(MemoryLayout<sockaddr_in6>.size))
    }

    private static func local(
        _ path: String, _ address: ListenAddress
    ) throws(SocketError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError(address: address, errorNumber: errno) }
        var local = sockaddr_un()
        local.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &local.sun_path) { $0.copyBytes(from: path.utf8) }
        // A socket that a stopped process left; a file of another kind stays, and bind fails.
        var facts = stat()
        if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        guard bound(descriptor, &local, socklen_t(MemoryLayout<sockaddr_un>.size)),
            chmod(path, 0o660) == 0, listen(descriptor, backlog) == 0
        else { throw failure(descriptor, address) }
        return descriptor
    }

    private static func bound<Address>(
        _ descriptor: Int32, _ address: inout Address, _ size: socklen_t
    ) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0
            }
        }
    }

    private static func failure(_ descriptor: Int32, _ address: ListenAddress) -> SocketError {
        let error = SocketError(address: address, errorNumber: errno)
        close(descriptor)
        return error
    }

    private static func set(_ descriptor: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let outcome = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size)
            }
        }
        guard outcome == 0 else { return 0 }
        // `sin_port` and `sin6_port` stand at the same place.
        let isInternet = [AF_INET, AF_INET6].contains(Int32(storage.ss_family))
        return isInternet
            ? withUnsafeBytes(of: storage) { UInt16($0[2]) << 8 | UInt16($0[3]) } : 0
    }
}
