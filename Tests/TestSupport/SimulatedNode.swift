import Glibc
import Synchronization

/// `mock-sui-node` as a process of its own, on a free port, until it is stopped. It is built beside
/// the test bundle.
public final class SimulatedNode: Sendable {
    /// Ends the node when its input does: with this object, or with the whole process.
    private static let script = """
        "$@" &
        read -r _
        kill -KILL $!
        wait
        """

    public let port: UInt16
    private let process: Mutex<(shell: pid_t, input: Int32)?>

    /// - Parameter arguments: its options, beside port and ready file.
    public init(_ arguments: [String]) throws {
        let folder = try ScratchFolder(owner: nil)
        let ready = folder.path + "/ready"
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("cannot make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let words = [
            "/bin/sh", "-c", Self.script, "sh", try Self.program(), "--port", "0",
            "--ready-file", ready,
        ]
        let shell = try Program.start(words + arguments, input: ends[0])
        process = Mutex((shell, ends[1]))
        port = try Self.port(in: ready, of: shell)
    }

    deinit { stop() }

    public var url: String { "http://127.0.0.1:\(port)/" }
    public var graphQLURL: String { url + "graphql" }

    /// By force, as if its machine died.
    public func stop() {
        process.withLock { process in
            guard let running = process else { return }
            close(running.input)
            Program.wait(for: running.shell)
            process = nil
        }
    }

    private static func program() throws -> String {
        let lines = try TextFile.read("/proc/self/maps").split(separator: "\n")
        guard let bundle = lines.first(where: { $0.hasSuffix(".xctest") }),
            let start = bundle.firstIndex(of: "/"), let end = bundle.lastIndex(of: "/")
        else { throw TestFailure("the test bundle is nowhere") }
        return bundle[start...end] + "mock-sui-node"
    }

    /// Waits up to twenty seconds for the file.
    private static func port(in file: String, of process: pid_t) throws -> UInt16 {
        for _ in 0..<2000 {
            if let text = try? TextFile.read(file), let port = UInt16(text.prefix { $0.isNumber }) {
                return port
            }
            guard waitpid(process, nil, WNOHANG) == 0 else { break }
            usleep(10_000)
        }
        throw TestFailure("the simulated node does not start")
    }
}
