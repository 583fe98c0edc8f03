import Determinism
import Glibc

/// A client socket that sends exactly what it is told.
final class RawConnection {
    struct Failed: Error {
        let call: String
        let number: Int32
    }

    struct Answer: Equatable {
        var status: Int
        var head: String
        var body: String

        var endsConnection: Bool { head.lowercased().contains("\r\nconnection: close\r\n") }
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    init(port: UInt16) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result != 0 {
            let number = errno
            close(descriptor)
            throw Failed(call: "connect", number: number)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Stops without complaint when the other side has closed.
    func send(_ text: String) {
        send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + offset, $0.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            offset += count
        }
    }

    func get(_ target: String, headers: String = "") {
        send("GET \(target) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
    }

    /// Sends data and the end of the stream in one segment, so that both arrive together.
    func sendLast(_ text: String) {
        var cork: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_CORK, &cork, socklen_t(MemoryLayout<Int32>.size))
        send(text)
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// - Returns: false at the end of the stream, by close or reset.
    private func receive(milliseconds: Int64 = 10_000) throws -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&watched, 1, Int32(milliseconds)) == 1 else {
            throw NeverHappened(what: "anything received")
        }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        received += buffer[..<count]
        return true
    }

    /// The next answer, as long as its `Content-Length` says; nil when the stream ends before.
    func answer(toHead isHead: Bool = false) throws -> Answer? {
        while true {
            if let answer = takeAnswer(isHead) { return answer }
            guard try receive() else { return nil }
        }
    }

    private func takeAnswer(_ isHead: Bool) -> Answer? {
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let head = String(text[..<end.upperBound])
        var length = 0
        for line in head.split(separator: "\r\n")
        where line.lowercased().hasPrefix("content-length:") && !isHead {
            length = Int(line.dropFirst(15).drop { $0 == " " }) ?? 0
        }
        let total = head.utf8.count + length
        guard received.count >= total,
            let status = Int(head.split(separator: " ", maxSplits: 2)[1].prefix(3))
        else { return nil }
        let body = String(decoding: received[head.utf8.count..<total], as: UTF8.self)
        received.removeFirst(total)
        return Answer(status: status, head: head, body: body)
    }

    /// Whether the other side closes; anything else that it sends meanwhile is a no.
    func isClosed() throws -> Bool {
        guard received.isEmpty else { return false }
        return try !receive()
    }

    /// Whether the other side has closed by now.
    var isClosedAlready: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || count < 0 && errno != EAGAIN
    }
}
