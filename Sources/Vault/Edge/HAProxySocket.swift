import Determinism
import Glibc

/// Commands to one process of HAProxy: to the one that its runtime socket belongs to, or, through
/// the master's socket, to any that still runs.
///
/// Source of the prompts: HAProxy's management guide, sections 9.3 and 9.4.
struct HAProxySocket: Hashable, Sendable {
    static let milliseconds: Int64 = 2000
    static let answerLimit = 32 << 20

    let path: String
    /// Nil: whoever listens there.
    let process: Int64?

    /// - Parameter commands: a line each, or one with its payload.
    /// - Returns: an answer for each, without the newlines around it.
    func ask(
        _ commands: [String], within milliseconds: Int64 = Self.milliseconds
    ) throws(HAProxyFailure) -> [String] {
        let choice = process.map { "@!\($0)\n" } ?? ""
        let text = "prompt\n\(choice)\(commands.joined(separator: "\n"))\nquit\n"
        let answer = try exchange(Array(text.utf8), until: .after(milliseconds: milliseconds))
        let mark = process.map { "\n\($0)> " } ?? "\n> "
        let start = process == nil ? mark : "master> \(mark.dropFirst())"
        guard answer.starts(with: start.utf8) else { throw .gone }
        let answers = Self.split(answer[start.utf8.count...], at: Array(mark.utf8))
        guard answers.count == commands.count + 1 else { throw .gone }
        return answers.dropLast().map(Self.plain)
    }

    /// Of the master itself.
    func processes() throws(HAProxyFailure) -> [Int64] {
        let answer = try exchange(
            Array("show proc\nquit\n".utf8), until: .after(milliseconds: Self.milliseconds))
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            return fields.count > 1 && fields[1] == "worker" ? Int64(fields[0]) : nil
        }
    }

    /// Without the mark that is put before each line of a payload.
    private static func plain(_ answer: ArraySlice<UInt8>) -> String {
        var text = Substring(String(decoding: answer, as: UTF8.self))
        while text.hasPrefix("+ ") { text = text.dropFirst(2) }
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }

    private static func split(
        _ bytes: ArraySlice<UInt8>, at mark: [UInt8]
    ) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = bytes.startIndex
        var place = start
        while let next = bytes[place...].firstIndex(of: mark[0]) {
            if bytes[next...].starts(with: mark) {
                parts.append(bytes[start..<next])
                start = next + mark.count
                place = start
            } else {
                place = next + 1
            }
        }
        return parts + [bytes[start...]]
    }

    // MARK: - Bytes

    private func exchange(
        _ bytes: [UInt8], until deadline: Deadline
    ) throws(HAProxyFailure) -> [UInt8] {
        let descriptor = try connected()
        defer { close(descriptor) }
        var (sent, answer) = (0, [UInt8]())
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var request = pollfd()
            request.fd = descriptor
            request.events = Int16(POLLIN) | (sent < bytes.count ? Int16(POLLOUT) : 0)
            guard !deadline.isPast, poll(&request, 1, deadline.remainingMilliseconds) != 0 else {
                throw .noAnswer
            }
            if request.revents & Int16(POLLOUT) != 0, sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    send(
                        descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent,
                        Int32(MSG_NOSIGNAL))
                }
                // It may hang up before it has read all, with an answer that says why.
                sent = count > 0 ? sent + count : (errno == EAGAIN ? sent : bytes.count)
            }
            guard request.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else { continue }
            let count = recv(descriptor, &block, block.count, 0)
            if count == 0 { return answer }
            if count < 0 {
                guard errno == EAGAIN || errno == EINTR else { throw .gone }
                continue
            }
            answer += block[..<count]
            guard answer.count <= Self.answerLimit else { throw .answerTooLong }
        }
    }

    private func connected() throws(HAProxyFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw .unreachable(code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0
        )
        guard descriptor >= 0 else { throw .unreachable(code: errno) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw .unreachable(code: code)
        }
        return descriptor
    }
}
