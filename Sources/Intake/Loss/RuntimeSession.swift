import Determinism
import Glibc

/// A lasting connection to HAProxy's runtime socket. It stays with the worker that took it, also
/// when a reload gives the socket to another one, and while it is open that worker does not end: so
/// that the last thing it has counted can be read.
///
/// Source: the HAProxy 2.6 management guide, 9.3, "prompt".
final class RuntimeSession {
    private static let answerLimit = 4 << 20
    private static let milliseconds: Int64 = 2000
    private static let prompt = Array("\n> ".utf8)

    private let descriptor: Int32

    /// Nil when nobody answers.
    init?(path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0, Self.connect(descriptor, path),
            ask("prompt") != nil
        else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// - Returns: the answer, or nil when there is none in time; the session is then of no use.
    func ask(_ command: String) -> String? {
        let text = Array((command + "\n").utf8)
        guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else {
            return nil
        }
        let deadline = Deadline.after(milliseconds: Self.milliseconds)
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < Self.answerLimit {
            if bytes.suffix(Self.prompt.count).elementsEqual(Self.prompt) {
                return String(validating: bytes.dropLast(Self.prompt.count), as: UTF8.self)
            }
            guard Readiness.wait(descriptor, milliseconds: deadline.remainingMilliseconds) else {
                return nil
            }
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
        return nil
    }

    private static func connect(_ descriptor: Int32, _ path: String) -> Bool {
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
}
