import Glibc
import MockSuiNode

/// One client, request after request.
final class Connection {
    private static let headLimit = 16 << 10
    private static let bodyLimit = 2 << 20

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, size)
        var patience = timeval(tv_sec: 75, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func serve(_ node: MockNode) {
        while let request = nextRequest() {
            let answer = node.answer(request)
            var left = answer.delayMilliseconds
            while left > 0, isOpen {
                poll(nil, 0, Int32(min(left, 50)))
                left -= 50
            }
            guard deliver(answer) else { return }
        }
    }

    /// Whether the client still waits: nothing to read, and no end.
    private var isOpen: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    }

    // MARK: - In

    /// - Returns: nil at the end, and where the client speaks something else.
    private func nextRequest() -> MockRequest? {
        guard let end = headEnd() else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3, let length = Self.bodyLength(lines.dropFirst()) else { return nil }
        buffer.removeFirst(end + 4)
        while buffer.count < length { guard read() else { return nil } }
        let body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return MockRequest(method: String(words[0]), path: String(words[1]), body: body)
    }

    private static func bodyLength(_ lines: some Sequence<Substring>) -> Int? {
        var length = 0
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let name = parts[0].lowercased()
            guard name != "transfer-encoding" else { return nil }
            guard name == "content-length" else { continue }
            guard let number = Int(parts[1].drop { $0 == " " }), (0...bodyLimit).contains(number)
            else { return nil }
            length = number
        }
        return length
    }

    private func headEnd() -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if buffer.count >= 4 {
                for place in 0...(buffer.count - 4)
                where buffer[place..<(place + 4)].elementsEqual(mark) { return place }
            }
            guard buffer.count <= Self.headLimit, read() else { return nil }
        }
    }

    private func read() -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: piece[..<count])
        return true
    }

    // MARK: - Out

    /// - Returns: whether the connection goes on.
    private func deliver(_ answer: MockAnswer) -> Bool {
        guard answer.delivery != .nothing else {
            reset()
            return false
        }
        var head = "HTTP/1.1 \(answer.status) \(answer.status < 300 ? "OK" : "Error")\r\n"
        for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
        head += "Content-Length: \(answer.body.count)\r\n\r\n"
        guard answer.delivery == .whole else {
            _ = send(Array(head.utf8) + answer.body.prefix(answer.body.count / 2))
            return false
        }
        return send(Array(head.utf8) + answer.body)
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Ends the connection with a reset instead of an orderly end.
    private func reset() {
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
    }
}
