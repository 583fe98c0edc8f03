import Glibc

/// A PostgreSQL cluster that belongs to one state directory.
struct PrivateCluster: Sendable {
    /// The superuser and the database have the same name.
    static let name = "sluice"

    let installation: PostgresInstallation
    let user: DatabaseUser
    /// Holds `data`; owned by ``user``.
    let home: String
    let port: UInt16
    let password: String
    /// The environment of PostgreSQL's programs.
    let environment: [String: String]

    var url: String {
        "postgresql://\(Self.name):\(password)@127.0.0.1:\(port)/\(Self.name)"
    }

    private var data: String { Self.data(in: home) }
    private var unfinished: String { home + "/data.new" }

    var exists: Bool { access(data + "/PG_VERSION", F_OK) == 0 }

    /// Makes the directory in which the cluster lives: in the state directory, or, where its user
    /// cannot reach that, in a ``FallbackHome``.
    static func makeHome(
        in state: StateDirectory, for user: DatabaseUser
    ) throws(DevError) -> String {
        let inside = state.file("postgres")
        try makePrivate(inside, for: user)
        if user.canReach(inside) { return inside }
        rmdir(inside)
        let elsewhere = FallbackHome(of: state.path)
        try elsewhere.make(for: state.path, user: user)
        guard user.canReach(elsewhere.path) else {
            throw DevError("the database's user can reach neither \(inside) nor \(elsewhere.path)")
        }
        return elsewhere.path
    }

    /// A directory of this name that is somebody else's could hold a cluster made to harm us.
    static func makePrivate(_ path: String, for user: DatabaseUser) throws(DevError) {
        if mkdir(path, 0o700) == 0 { return try user.own(path) }
        var status = stat()
        guard errno == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw DevError("the directory \(path) cannot be made: \(StateDirectory.reason)")
        }
        guard status.st_uid == user.uid, status.st_mode & 0o022 == 0 else {
            throw DevError("\(path) belongs to somebody else or is open to others; remove it first")
        }
    }

    /// Makes the cluster and its database. An interrupted attempt leaves nothing that a later one
    /// would take for a cluster.
    func initialize() throws(DevError) {
        try FolderRemoval.removeAll([unfinished])
        let passwordFile = home + "/password"
        try writePassword(to: passwordFile)
        defer { unlink(passwordFile) }
        try run(
            "initdb",
            [
                "-D", unfinished, "-U", Self.name, "--pwfile", passwordFile, "-A", "scram-sha-256",
                "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ])
        try run(
            "postgres", ["--single", "-D", unfinished, "postgres"],
            input: "CREATE DATABASE \(Self.name)\n")
        guard rename(unfinished, data) == 0 else {
            throw DevError("\(data) cannot be made: \(StateDirectory.reason)")
        }
    }

    /// Stops a server that an earlier start left behind, if there is one.
    func stopLeftover() throws(DevError) {
        guard Self.isServed(home) else { return }
        try run("pg_ctl", ["stop", "-D", data, "-m", "fast", "-w", "-t", "20"])
    }

    /// The server, which stops by itself when we die. It listens on loopback only and has no
    /// socket file to leave behind.
    var server: ChildProgram {
        let arguments = [
            "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "port=\(port)",
            "-c", "unix_socket_directories=",
        ]
        return user.program(installation.program("postgres"), arguments, environment)
            .dyingWithUs(by: "INT")
    }

    /// Whether the server with this process id accepts connections; it says so on the eighth line
    /// of `postmaster.pid` (`LOCK_FILE_LINE_PM_STATUS`, PostgreSQL's miscadmin.h).
    func isReady(_ pid: pid_t) -> Bool {
        let lines = serverFile
        return lines.count >= 8 && lines[0] == String(pid) && lines[7].hasPrefix("ready")
    }

    /// Removes the data of earlier starts, this server's and an interrupted attempt's.
    func remove() throws(DevError) {
        try FolderRemoval.removeAll([data, unfinished])
    }

    private var serverFile: [String] { Self.serverFile(in: home) }

    /// Whether a server runs on the data in this home.
    static func isServed(_ home: String) -> Bool {
        // A process id outlives its process in the file and may be anybody's by now.
        guard let pid = serverFile(in: home).first.flatMap({ pid_t($0) }) else { return false }
        let command = FileBytes.read(path: "/proc/\(pid)/cmdline") ?? []
        return String(decoding: command, as: UTF8.self).split(separator: "\0").contains {
            $0 == data(in: home)
        }
    }

    private static func data(in home: String) -> String { home + "/data" }

    private static func serverFile(in home: String) -> [String] {
        let text = FileBytes.read(path: data(in: home) + "/postmaster.pid") ?? []
        return String(decoding: text, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
    }

    private func writePassword(to path: String) throws(DevError) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DevError("\(path) cannot be written: \(StateDirectory.reason)")
        }
        defer { close(descriptor) }
        let bytes = Array((password + "\n").utf8)
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else { throw DevError("\(path) cannot be written") }
        try user.own(path)
    }

    private func run(
        _ name: String, _ arguments: [String], input: String = ""
    ) throws(DevError) {
        do {
            let program = user.program(installation.program(name), arguments, environment)
            _ = try ChildProcess.run(
                program.dyingWithUs(by: "TERM"), input: Array(input.utf8), seconds: 60)
        } catch {
            throw DevError(error)
        }
    }
}
