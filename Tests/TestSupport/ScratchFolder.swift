import Glibc

/// A folder that goes away, with the database cluster in it, when its owner or the whole process
/// ends, in whatever way the process ends.
///
/// A shell waits on a pipe whose other end only we hold: the kernel closes it even after a crash.
final class ScratchFolder: Sendable {
    let path: String
    private let pipeEnd: Int32

    /// - Parameter owner: user and group of the folder.
    init(owner: (user: uid_t, group: gid_t)?) throws {
        let home = Self.home()
        var name = Array("\(home)/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw TestFailure("cannot make a folder in \(home)") }
        path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if let owner { chown(path, owner.user, owner.group) }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("cannot make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        pipeEnd = ends[1]
        _ = try Program.start(["/bin/sh", "-c", Self.script, "sh", path], input: ends[0])
        Glibc.close(ends[0])
    }

    /// Where files cost no search for a free inode, which is most of what a copy of a database costs
    /// on a disk; /tmp where there is no such place, or too little of it.
    private static func home() -> String {
        let memory = "/dev/shm"
        let enough: UInt = 4 << 30
        var room = statvfs()
        guard access(memory, W_OK) == 0, statvfs(memory, &room) == 0,
            room.f_bavail * room.f_frsize >= enough
        else { return "/tmp" }
        return memory
    }

    deinit { Glibc.close(pipeEnd) }

    private static let script = """
        trap '' HUP INT TERM
        read -r _
        pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
        if [ -n "$pid" ]; then
            all="$pid $(cat /proc/$pid/task/$pid/children 2>/dev/null)"
            kill -QUIT $pid; kill -CONT $all
            tries=0
            while kill -0 $pid && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
            kill -KILL $all
        fi 2>/dev/null
        rm -rf "$1"
        """
}
