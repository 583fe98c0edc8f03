import Determinism
import Glibc
import Observability
import Storage
import Synchronization

/// Sends made-up lines to the intake of a development stack, as HAProxy's ring would: over TCP, each
/// behind its length. What cannot be sent is lost, and then missing in the intake's account.
final class MockTrafficSender: Sendable {
    private static let pauseMilliseconds: Int64 = 250
    private static let keysMilliseconds: Int64 = 2000

    private let port: UInt16
    private let target: BulkTarget
    private let isStopping = Atomic(false)

    init(intakePort: UInt16, databaseURL: String) throws(InvalidDatabaseURL) {
        port = intakePort
        target = try BulkTarget(DatabaseConfiguration(url: databaseURL, poolSize: 1))
    }

    /// Whether the person who started dev wants requests to be made up.
    static func isWanted(_ inherited: [String: String]) -> Bool {
        var reader = ConfigurationReader(ConfigurationSource(environment: inherited))
        return MockSettings(&reader).haproxy
    }

    func start() {
        BackgroundThread.start { [self] in run() }
    }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    private func run() {
        let connection = BulkConnection(
            target, logger: .disabled, metrics: MetricsRegistry(), pool: "mock")
        defer { connection.close() }
        var traffic = MockTraffic(process: getpid(), .live)
        var keys: [MockTrafficKey] = []
        var keysDue = Deadline.now
        var descriptor: Int32 = -1
        while !isStopping.load(ordering: .relaxed) {
            poll(nil, 0, Int32(Self.pauseMilliseconds))
            if keysDue.isPast {
                // While the database is away the keys of before go on.
                keys = Self.keys(connection) ?? keys
                keysDue = .after(milliseconds: Self.keysMilliseconds)
            }
            if descriptor < 0 { descriptor = connect() }
            let lines = traffic.lines(of: keys, milliseconds: Self.pauseMilliseconds)
            guard descriptor >= 0, !Self.send(lines, to: descriptor) else { continue }
            close(descriptor)
            descriptor = -1
        }
        if descriptor >= 0 { close(descriptor) }
    }

    private static func keys(_ connection: BulkConnection) -> [MockTrafficKey]? {
        try? connection.transaction(until: .after(milliseconds: 2000)) {
            transaction throws(StorageError) in try transaction.mockTrafficKeys()
        }
    }

    private func connect() -> Int32 {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        var limit = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard !isConnected else { return descriptor }
        close(descriptor)
        return -1
    }

    /// - Returns: false when the connection is of no more use.
    private static func send(_ lines: [String], to descriptor: Int32) -> Bool {
        let bytes = lines.flatMap { Array("\($0.utf8.count) \($0)".utf8) }
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
}
