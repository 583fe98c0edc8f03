import Determinism
import Glibc
import Testing

@testable import sluice

/// Run as root, the homes belong to the user `postgres`, as they do in `sluice dev`.
@Suite final class FallbackHomeTests {
    /// Open to all, as /var/tmp is.
    private let folder: String
    private let user: DatabaseUser

    init() throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        try #require(chmod(folder, 0o1777) == 0)
        user = try DatabaseUser.current()
    }

    deinit {
        let program = ChildProgram(
            executable: "/bin/rm", arguments: ["-rf", "--", folder], environment: [:])
        _ = try? ChildProcess.run(program, seconds: 20)
    }

    private func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The home of a state directory, with something in it.
    private func home(of state: String) throws -> FallbackHome {
        let home = FallbackHome(of: state, below: folder)
        try home.make(for: state, user: user)
        try PrivateCluster.makePrivate(home.path + "/data", for: user)
        return home
    }

    @Test("a home goes when its state directory is gone, and not before")
    func orphans() throws {
        let state = folder + "/state"
        let home = try home(of: state)
        try #require(mkdir(state, 0o700) == 0)

        #expect(FallbackHome.removeOrphans(of: user, below: folder) == [])
        #expect(isThere(home.path + "/data"))

        try #require(rmdir(state) == 0)
        #expect(FallbackHome.removeOrphans(of: user, below: folder) == [home.path])
        #expect(!isThere(home.path))
    }

    @Test("the same directory has the same home at every start")
    func again() throws {
        let first = try home(of: "/nonexistent/state")
        try FallbackHome(of: "/nonexistent/state", below: folder).make(
            for: "/nonexistent/state", user: user)
        #expect(isThere(first.path + "/data"))
        #expect(FallbackHome(of: "/nonexistent/other", below: folder).path != first.path)
    }

    @Test("what does not say whose it is, or says another's, stays")
    func foreign() throws {
        let unmarked = folder + "/sluice-0123456789abcdef"
        try PrivateCluster.makePrivate(unmarked, for: user)
        let forged = try home(of: "/nonexistent/a")
        let other = FallbackHome(of: "/nonexistent/b", below: folder).path
        try #require(rename(forged.path, other) == 0)
        let open = try home(of: "/nonexistent/c")
        try #require(chmod(open.path, 0o777) == 0)

        #expect(FallbackHome.removeOrphans(of: user, below: folder) == [])
        #expect(isThere(unmarked) && isThere(other) && isThere(open.path))
    }

    @Test("a home whose server runs stays")
    func served() throws {
        let home = try home(of: "/nonexistent/state")
        // Any process that was given the data directory.
        let program = ChildProgram(
            executable: "/usr/bin/tail", arguments: ["-f", "/dev/null", home.path + "/data"],
            environment: [:])
        let null = Glibc.open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let server = try ChildProcess.spawn(
            program, ChildProcess.Descriptors(input: nil, output: null, errors: null))
        defer {
            kill(server, SIGKILL)
            _ = ChildProcess.wait(server, deadline: .after(milliseconds: 5000))
        }
        let file = try #require(fopen(home.path + "/data/postmaster.pid", "w"))
        fputs("\(server)\n", file)
        fclose(file)
        // The kernel shows the arguments a moment after the program was started.
        let deadline = Deadline.after(milliseconds: 5000)
        while FileBytes.read(path: "/proc/\(server)/cmdline") == [], !deadline.isPast {
            poll(nil, 0, 1)
        }

        #expect(FallbackHome.removeOrphans(of: user, below: folder) == [])
        #expect(isThere(home.path))
    }
}
