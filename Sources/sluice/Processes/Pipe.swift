import Determinism
import Glibc

/// Two ends of a pipe, closed with their owner.
final class Pipe {
    private(set) var reader: Int32 = -1
    private(set) var writer: Int32 = -1

    /// - Returns: nil when the process has no file descriptor left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }  // ``ChildProcess`` hands no other end on.
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        close(reader)
        closeWriter()
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    /// What exceeds the pipe's buffer would block for ever; callers write little.
    func write(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { Glibc.write(writer, $0.baseAddress, $0.count) }
    }

    /// Reads several pipes at once, so that none of them fills up and stops its writer.
    ///
    /// - Returns: nil when a pipe is still open at the deadline.
    static func readToEnd(_ pipes: [Pipe], deadline: Deadline) -> [[UInt8]]? {
        var texts = pipes.map { _ in [UInt8]() }
        var descriptors = pipes.map { pollfd(fd: $0.reader, events: Int16(POLLIN), revents: 0) }
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while descriptors.contains(where: { $0.fd >= 0 }) {
            if deadline.isPast { return nil }
            poll(&descriptors, nfds_t(descriptors.count), min(100, deadline.remainingMilliseconds))
            for index in descriptors.indices where descriptors[index].revents != 0 {
                let count = chunk.withUnsafeMutableBytes {
                    read(descriptors[index].fd, $0.baseAddress, $0.count)
                }
                if count > 0 {
                    texts[index].append(contentsOf: chunk.prefix(count))
                } else if count == 0 || errno != EINTR {
                    descriptors[index].fd = -1  // `poll` passes over it from here on.
                }
            }
        }
        return texts
    }
}
