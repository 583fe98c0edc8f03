import Glibc

/// As whom the private cluster runs. PostgreSQL refuses root, which then lends it `postgres`.
enum DatabaseUser: Equatable, Sendable {
    case ourselves
    case other(name: String, uid: uid_t, gid: gid_t)

    static func current() throws(DevError) -> DatabaseUser {
        guard geteuid() == 0 else { return .ourselves }
        guard let entry = getpwnam("postgres") else {
            throw DevError(
                "PostgreSQL refuses root, and there is no user postgres; run: make setup")
        }
        return .other(name: "postgres", uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
    }

    var uid: uid_t {
        switch self {
        case .ourselves: geteuid()
        case .other(_, let uid, _): uid
        }
    }

    /// `program` run as this user.
    func program(
        _ executable: String, _ arguments: [String], _ environment: [String: String]
    ) -> ChildProgram {
        switch self {
        case .ourselves:
            ChildProgram(executable: executable, arguments: arguments, environment: environment)
        case .other(let name, _, _):
            ChildProgram(
                executable: ChildProgram.setpriv,
                arguments: [
                    "--reuid=\(name)", "--regid=\(name)", "--init-groups", "--", executable,
                ] + arguments,
                environment: environment)
        }
    }

    /// Gives a file or directory to this user.
    func own(_ path: String) throws(DevError) {
        guard case .other(_, let uid, let gid) = self else { return }
        guard lchown(path, uid, gid) == 0 else {
            throw DevError(
                "\(path) cannot be given to the database's user: \(StateDirectory.reason)")
        }
    }

    /// Whether this user can work in a directory, given the modes of all those above it.
    func canReach(_ directory: String) -> Bool {
        let probe = program("/usr/bin/test", ["-w", directory, "-a", "-x", directory], [:])
        return (try? ChildProcess.run(probe, seconds: 10)) != nil
    }
}
