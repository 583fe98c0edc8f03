import Glibc
import HTTPTransport
import Observability
import Synchronization

/// Accepts connections and answers each with given bytes, whatever was asked.
final class CannedServer: Sendable {
    enum Behaviour: Sendable {
        /// Sends this once a request head has come, then closes.
        case answer([UInt8])
        /// Sends pieces for as long as the other side takes them.
        case endless(head: String)
        /// Takes the request and says nothing.
        case silent
        /// Closes on accepting.
        case closing
    }

    private final class Log: Sendable {
        let requests = Mutex<[String]>([])
    }

    let port: UInt16
    private let descriptor: Int32
    private let log = Log()

    /// The request heads that came, with what came along.
    var requests: [String] { log.requests.withLock { $0 } }

    var url: String { "http://127.0.0.1:\(port)/" }

    init(_ behaviour: Behaviour) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(descriptor, pointer, size)
                _ = getsockname(descriptor, pointer, &size)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        self.descriptor = descriptor
        guard listen(descriptor, 16) == 0 else {
            throw RawConnection.Failed(call: "listen", number: errno)
        }
        let log = log
        BackgroundThread.start {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                BackgroundThread.start {
                    Self.serve(client, behaviour) { text in
                        log.requests.withLock { $0.append(text) }
                    }
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func serve(
        _ client: Int32, _ behaviour: Behaviour, _ note: (String) -> Void
    ) {
        if case .closing = behaviour { return }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(client, &buffer, buffer.count, 0)
        guard count > 0 else { return }
        note(String(decoding: buffer[..<count], as: UTF8.self))
        switch behaviour {
        case .answer(let bytes): _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case .endless(let head):
            _ = send(client, head, head.utf8.count, Int32(MSG_NOSIGNAL))
            while send(client, buffer, 4096, Int32(MSG_NOSIGNAL)) > 0 {}
        case .silent: _ = recv(client, &buffer, buffer.count, 0)
        case .closing: break
        }
    }
}
