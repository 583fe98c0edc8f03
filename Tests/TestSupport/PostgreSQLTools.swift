import Glibc

/// The server's own programs, run as the user who may: PostgreSQL refuses root.
enum PostgreSQLTools {
    /// User and group of the cluster; nil when that is ourselves.
    static func owner() throws -> (user: uid_t, group: gid_t)? {
        guard geteuid() == 0 else { return nil }
        guard let entry = getpwnam("postgres") else {
            throw TestFailure("there is no user postgres to run the server as")
        }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    static func run(_ program: String, _ arguments: [String]) throws {
        try Program.run(prefix() + [try folder() + "/" + program] + arguments)
    }

    /// The folder of the newest installed version.
    private static func folder() throws -> String {
        let base = "/usr/lib/postgresql"
        var newest: Int?
        if let directory = opendir(base) {
            defer { closedir(directory) }
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if let version = Int(name) { newest = max(newest ?? version, version) }
            }
        }
        guard let newest else { throw TestFailure("PostgreSQL is not installed in \(base)") }
        return "\(base)/\(newest)/bin"
    }

    /// Also leaves the current folder, which that user may not be able to enter.
    private static func prefix() -> [String] {
        let shell = ["/bin/sh", "-c", "cd / && exec \"$@\"", "sh"]
        guard geteuid() == 0 else { return shell }
        return shell + [
            "/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups",
        ]
    }
}
