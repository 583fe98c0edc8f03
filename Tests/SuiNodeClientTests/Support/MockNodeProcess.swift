import Glibc
import Synchronization

/// The simulated node as a process of its own, on a free port, until it is stopped.
final class MockNodeProcess: Sendable {
    struct Failure: Error {
        let what: String
    }

    let port: UInt16
    private let process: Mutex<pid_t?>

    init(_ arguments: [String]) throws {
        let template = strdup("/tmp/sluice-node-XXXXXX")
        defer { free(template) }
        guard let template, mkdtemp(template) != nil else { throw Failure(what: "no folder") }
        let path = String(cString: template)
        defer { rmdir(path) }
        let ready = path + "/ready"
        let words = [try Self.program(), "--port", "0", "--ready-file", ready] + arguments
        let process = try Self.start(words)
        self.process = Mutex(process)
        defer { unlink(ready) }
        port = try Self.port(in: ready, of: process)
    }

    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)/" }
    var graphQLURL: String { url + "graphql" }

    func stop() {
        process.withLock { process in
            guard let running = process else { return }
            kill(running, SIGKILL)
            waitpid(running, nil, 0)
            process = nil
        }
    }

    /// It is built beside the test bundle.
    private static func program() throws -> String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { throw Failure(what: "the test bundle is nowhere") }
        let parts = String(
            decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self
        ).split(
            separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast().joined(separator: "/") + "/mock-sui-node"
    }

    private static func start(_ arguments: [String]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in Int32(0)...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        let words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        guard posix_spawn(&process, arguments[0], &actions, nil, words, environ) == 0 else {
            throw Failure(what: "cannot start \(arguments[0])")
        }
        return process
    }

    /// Waits up to ten seconds for the file.
    private static func port(in file: String, of process: pid_t) throws -> UInt16 {
        for _ in 0..<1000 {
            if let opened = fopen(file, "r") {
                defer { fclose(opened) }
                var line = [CChar](repeating: 0, count: 16)
                fgets(&line, Int32(line.count), opened)
                let digits = line.prefix { (48...57).contains($0) }.map { UInt8($0) }
                if let port = UInt16(String(decoding: digits, as: UTF8.self)) { return port }
            }
            guard waitpid(process, nil, WNOHANG) == 0 else { break }
            usleep(10_000)
        }
        throw Failure(what: "the simulated node does not start")
    }
}
