import Determinism
import Glibc

/// Starts programs by `posix_spawn`.
///
/// A child gets its own process group (a Ctrl-C in the terminal reaches only us, who stop the
/// children in order), no signal blocked or ignored, and no open file but the three given.
enum ChildProcess {
    struct Descriptors {
        /// Nil: `/dev/null`.
        var input: Int32?
        var output: Int32
        var errors: Int32
    }

    static func spawn(
        _ program: ChildProgram, _ descriptors: Descriptors
    ) throws(ProcessError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = descriptors.input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, descriptors.output, 1)
        posix_spawn_file_actions_adddup2(&actions, descriptors.errors, 2)
        keepDescriptorsToOurselves()

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)

        var pid = pid_t()
        let arguments = [program.executable] + program.arguments
        let variables = program.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let result = withCStrings(arguments) { argv in
            withCStrings(variables) { envp in
                posix_spawn(&pid, program.executable, &actions, &attributes, argv, envp)
            }
        }
        guard result == 0 else {
            throw .cannotStart(
                program: program.name, reason: String(cString: strerror(result)))
        }
        return pid
    }

    /// Runs a short program to its end.
    ///
    /// - Parameter input: at most a pipe's buffer (64 KiB).
    /// - Returns: what it wrote to standard output.
    /// - Throws: also when it does not end with status 0; the error carries what it said.
    static func run(
        _ program: ChildProgram, input: [UInt8] = [], seconds: Int64
    ) throws(ProcessError) -> [UInt8] {
        let name = program.name
        guard let source = Pipe(), let output = Pipe(), let errors = Pipe() else {
            throw .cannotStart(program: name, reason: "no file descriptor is left")
        }
        source.write(input)
        source.closeWriter()
        let pid = try spawn(
            program,
            Descriptors(input: source.reader, output: output.writer, errors: errors.writer))
        output.closeWriter()
        errors.closeWriter()
        let deadline = Deadline.after(milliseconds: seconds * 1000)
        let texts = Pipe.readToEnd([output, errors], deadline: deadline)
        guard let texts, let exit = wait(pid, deadline: deadline) else {
            kill(pid, SIGKILL)
            _ = wait(pid, deadline: .after(milliseconds: 5000))
            throw .overdue(program: name, seconds: seconds)
        }
        guard exit.isSuccess else {
            let text = String(decoding: texts[1] + texts[0], as: UTF8.self)
            throw .failed(program: name, exit: exit, output: text)
        }
        return texts[0]
    }

    /// - Returns: nil when the child still runs at the deadline.
    static func wait(_ pid: pid_t, deadline: Deadline) -> ChildExit? {
        while true {
            if let exit = reap(pid) { return exit }
            if deadline.isPast { return nil }
            poll(nil, 0, 5)
        }
    }

    /// - Returns: how the child ended, nil while it runs. A child is reaped once.
    static func reap(_ pid: pid_t) -> ChildExit? {
        var status: Int32 = 0
        let result = waitpid(pid, &status, WNOHANG)
        if result == pid { return ChildExit(waitStatus: status) }
        return result < 0 && errno == ECHILD ? .status(0) : nil
    }

    /// Marks every open file, those that came from our own parent included, to be closed in
    /// children: a reader of a pipe whose writing end a child holds would wait for ever.
    private static func keepDescriptorsToOurselves() {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let descriptor = Int32(name), descriptor > 2 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
        }
    }

    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer {
            for copy in copies { free(copy) }
        }
        return body(copies + [nil])
    }
}
