import Glibc
import MockSuiNode
import Observability

/// Plain sockets, a thread for each connection. The server of HTTPTransport sends whole answers;
/// this one can also stop in the middle of one.
final class Listener: Sendable {
    private let descriptor: Int32
    let port: UInt16

    /// Listens on loopback.
    init(port: UInt16) throws(ListenerError) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ListenerError(port: port, errorNumber: errno) }
        var on: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(descriptor, pointer, length) == 0, listen(descriptor, 1024) == 0 else {
                    return errno
                }
                return getsockname(descriptor, pointer, &length) == 0 ? 0 : errno
            }
        }
        guard result == 0 else { throw ListenerError(port: port, errorNumber: result) }
        self.port = UInt16(bigEndian: address.sin_port)
    }

    /// Serves for ever.
    func run(_ node: MockNode) -> Never {
        while true {
            let client = accept(descriptor, nil, nil)
            guard client >= 0 else {
                poll(nil, 0, 10)  // Out of descriptors, or a client that has gone.
                continue
            }
            BackgroundThread.start { Connection(client).serve(node) }
        }
    }
}

/// Why nothing can be listened on.
struct ListenerError: Error, CustomStringConvertible {
    let port: UInt16
    let errorNumber: Int32

    var description: String {
        "port \(port) cannot be listened on: \(String(cString: strerror(errorNumber)))"
    }
}
