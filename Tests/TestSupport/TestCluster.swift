import Glibc
import Observability
import Storage
import Synchronization

/// A private PostgreSQL server on a free port of 127.0.0.1 and on a Unix socket.
///
/// Most tests use ``shared()``; those that stop, kill or freeze the server make their own.
public final class TestCluster: Sendable {
    private struct Template {
        var databases = 0
        var migration: Task<String, any Error>?
    }

    private static let sharedCluster = Task { try await TestCluster() }
    private static let pristine = Task {
        try await offThread {
            let folder = try ScratchFolder(owner: PostgreSQLTools.owner())
            try PostgreSQLTools.run(
                "initdb",
                [
                    "-D", folder.path + "/data", "-U", "postgres", "-A", "trust", "-N",
                    "--no-locale", "-E", "UTF8", "--no-instructions",
                ])
            return folder
        }
    }

    /// Of 127.0.0.1.
    public let port: UInt16
    /// Holds the Unix socket.
    public var folder: String { scratch.path }

    private let scratch: ScratchFolder
    private let template = Mutex(Template())

    /// The cluster of this process. It ends with the process.
    public static func shared() async throws -> TestCluster { try await sharedCluster.value }

    /// A cluster of one's own, running. It ends with its last reference.
    public init() async throws {
        let pristine = try await Self.pristine.value
        let port = try LoopbackSocket.freePort()
        self.port = port
        scratch = try await offThread {
            let scratch = try ScratchFolder(owner: PostgreSQLTools.owner())
            try Program.run(["/bin/cp", "-a", pristine.path + "/data", scratch.path + "/data"])
            return scratch
        }
        try await start()
        try await offThread { [self] in
            _ = try Administration.run(
                """
                CREATE ROLE sluice LOGIN; CREATE ROLE sluice_intake;
                CREATE ROLE edge_1 LOGIN IN ROLE sluice_intake
                """, at: url(user: "postgres"))
        }
    }

    /// - Parameter port: another than ours when something stands between.
    public func url(
        database: String = "postgres", user: String = "sluice", port: UInt16? = nil
    ) -> String {
        "postgresql://\(user)@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    public func socketURL(database: String, user: String = "sluice") -> String {
        let host = folder.split(separator: "/").map { "%2F" + $0 }.joined()
        return "postgresql://\(user)@/\(database)?host=\(host)&port=\(port)"
    }

    /// An empty database, or one with all migrations applied. Dropped with its last reference.
    public func makeDatabase(migrated: Bool = false) async throws -> TestDatabase {
        let source = migrated ? try await migratedTemplate() : "template0"
        return try await makeDatabase(from: source)
    }

    private func makeDatabase(from source: String) async throws -> TestDatabase {
        let number = template.withLock { template in
            template.databases += 1
            return template.databases
        }
        let name = "test_\(number)"
        try await offThread { [self] in
            _ = try Administration.run(
                // By way of the log, each relation of each copy would be a request to sync it.
                "CREATE DATABASE \(name) OWNER sluice TEMPLATE \(source) STRATEGY file_copy",
                at: url(user: "postgres"))
        }
        return TestDatabase(name: name, cluster: self)
    }

    private func migratedTemplate() async throws -> String {
        let task = template.withLock { template in
            if let task = template.migration { return task }
            let task = Task { [unowned self] in
                let name = "migrated"
                try await offThread { [self] in
                    _ = try Administration.run(
                        "CREATE DATABASE \(name) OWNER sluice", at: url(user: "postgres"))
                }
                let migrator = try SchemaMigrator(url: url(database: name), logger: .disabled)
                try await migrator.migrate()
                _ = try await migrator.grantToIntake()
                return name
            }
            template.migration = task
            return task
        }
        return try await task.value
    }

    // MARK: - What happens to servers

    public func start() async throws {
        try await offThread { [self] in
            do {
                try control([
                    "start", "-w", "-t", "60", "-l", folder + "/log", "-o",
                    "-F -k \(folder) -h 127.0.0.1 -p \(port) -c max_connections=500"
                        + " -c autovacuum=off",
                ])
            } catch {
                let log = (try? TextFile.read(folder + "/log")) ?? ""
                throw TestFailure("\(error); its log ends with:\n\(log.suffix(2000))")
            }
        }
    }

    /// An orderly stop that ends all sessions.
    public func stop() async throws {
        try await offThread { [self] in try control(["stop", "-w", "-m", "fast"]) }
    }

    /// `kill -9` to every process of the server, as when the machine loses power.
    public func kill() throws {
        // One that it makes meanwhile would hold the memory that the next start asks for.
        try freeze()
        let processes = try processes()
        for process in processes { Glibc.kill(process, SIGKILL) }
        while processes.contains(where: Self.isRunning) { usleep(1000) }
        // What a start would take for signs of life while the dead are not reaped yet.
        unlink(folder + "/data/postmaster.pid")
        unlink(folder + "/.s.PGSQL.\(port).lock")
    }

    /// SIGSTOP to every process: the kernel goes on accepting connections, nobody answers.
    public func freeze() throws {
        // Twice: while the first pass ran, the parent may have made another child.
        for _ in 0..<2 { for process in try processes() { Glibc.kill(process, SIGSTOP) } }
    }

    public func thaw() throws {
        for process in try processes().reversed() { Glibc.kill(process, SIGCONT) }
    }

    private func control(_ arguments: [String]) throws {
        try PostgreSQLTools.run("pg_ctl", ["-D", folder + "/data", "-s"] + arguments)
    }

    /// The server's first process, then its children.
    private func processes() throws -> [pid_t] {
        guard
            let line = try TextFile.read(folder + "/data/postmaster.pid").split(separator: "\n")
                .first,
            let first = pid_t(line)
        else { throw TestFailure("the server is not running") }
        let children = try TextFile.read("/proc/\(first)/task/\(first)/children")
        return [first] + children.split(separator: " ").compactMap { pid_t($0) }
    }

    /// A process that is dead and only not yet reaped does not run.
    private static func isRunning(_ process: pid_t) -> Bool {
        guard let status = try? TextFile.read("/proc/\(process)/stat"), !status.isEmpty else {
            return false
        }
        return !status.contains(") Z ")
    }
}
