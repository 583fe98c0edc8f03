import Glibc
import Synchronization

/// A server on loopback that says what it is told to, well-formed HTTP or not.
final class CannedNode: Sendable {
    enum Answer: Sendable {
        case json(String, status: Int = 200)
        /// Everything after the connection stands, byte for byte.
        case raw(String)
        /// Nothing until the node is stopped.
        case silence

        static let html = Answer.raw(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>")
        static let cut = Answer.raw(
            "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"data\":{")

        static func tooMany(retryAfter seconds: Int) -> Answer {
            .raw(
                "HTTP/1.1 429 X\r\nRetry-After: \(seconds)\r\nContent-Length: 0\r\n"
                    + "Connection: close\r\n\r\n")
        }
    }

    let port: UInt16
    private let listener: Int32
    private let answer: Mutex<@Sendable (String) -> Answer>
    private let seen = Mutex<[String]>([])
    private let silent = Mutex<[Int32]>([])

    convenience init(_ answer: Answer) throws {
        try self.init { _ in answer }
    }

    /// - Parameter answer: to a whole request.
    init(answering answer: @escaping @Sendable (String) -> Answer) throws {
        self.answer = Mutex(answer)
        (listener, port) = try Self.listen()
        let thread = UnsafeMutablePointer<pthread_t>.allocate(capacity: 1)
        defer { thread.deallocate() }
        let context = Unmanaged.passRetained(self).toOpaque()
        pthread_create(
            thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<CannedNode>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context)
        pthread_detach(thread.pointee)
    }

    var url: String { "http://127.0.0.1:\(port)/graphql" }

    /// Whole requests, head and body, in the order they came.
    var requests: [String] { seen.withLock { $0 } }

    func say(_ next: Answer) {
        answer.withLock { $0 = { _ in next } }
    }

    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        silent.withLock { waiting in
            for connection in waiting { close(connection) }
            waiting = []
        }
    }

    private func serve() {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { break }
            respond(on: connection)
        }
        close(listener)
    }

    private func respond(on connection: Int32) {
        guard let request = Self.readRequest(from: connection) else {
            close(connection)
            return
        }
        seen.withLock { $0.append(request) }
        switch answer.withLock({ $0 })(request) {
        case .json(let body, let status):
            Self.send(
                "HTTP/1.1 \(status) X\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)",
                on: connection)
        case .raw(let text):
            Self.send(text, on: connection)
        case .silence:
            silent.withLock { $0.append(connection) }
            return
        }
        close(connection)
    }
}

extension CannedNode {
    struct Failure: Error {
        let call: String
        let number = errno
    }

    fileprivate static func listen(backlog: Int32? = 16) throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, length) == 0 else { return Int32(-1) }
                if let backlog, Glibc.listen(listener, backlog) != 0 { return -1 }
                return getsockname(listener, address, &length)
            }
        }
        guard result == 0 else { throw Failure(call: "bind") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// One request with a Content-Length; nil when the other side goes away before its end.
    private static func readRequest(from connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk.prefix(count)
            let text = String(decoding: bytes, as: UTF8.self)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
            guard text.contains("\r\n\r\n"), let head = parts.first else { continue }
            let lines = head.split(separator: "\r\n")
            let field = lines.first { $0.lowercased().hasPrefix("content-length: ") }
            let expected = field.flatMap { Int($0.dropFirst(16)) } ?? 0
            if bytes.count >= head.utf8.count + 4 + expected { return text }
        }
    }

    private static func send(_ text: String, on connection: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// A port on which nobody listens, and nobody else will either.
final class AbsentNode: Sendable {
    let port: UInt16
    private let socket: Int32

    init() throws {
        (socket, port) = try CannedNode.listen(backlog: nil)
    }

    var url: String { "http://127.0.0.1:\(port)/graphql" }

    func stop() {
        close(socket)
    }
}
