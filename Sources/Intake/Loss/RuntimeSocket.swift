import Determinism
import Glibc

/// HAProxy's runtime socket. Source: the HAProxy 2.6 management guide, 9.3.
struct RuntimeSocket: Sendable {
    private static let answerLimit = 4 << 20
    private static let milliseconds: Int64 = 2000

    let path: String

    /// - Returns: the answer, or nil when there is none in time.
    func ask(_ command: String) -> String? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        let text = Array((command + "\n").utf8)
        guard connect(descriptor),
            send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count
        else { return nil }
        return answer(on: descriptor, until: .after(milliseconds: Self.milliseconds))
    }

    private func connect(_ descriptor: Int32) -> Bool {
        var address = sockaddr_un()
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func answer(on descriptor: Int32, until deadline: Deadline) -> String? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < Self.answerLimit, !deadline.isPast {
            let count = recv(descriptor, &piece, piece.count, 0)
            if count == 0 { return String(validating: bytes, as: UTF8.self) }
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
        return nil
    }
}
