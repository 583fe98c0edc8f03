import Determinism
import Glibc
import Testing

@testable import sluice

@Suite struct ChildProcessTests {
    private func shell(_ script: String, _ environment: [String: String] = [:]) -> ChildProgram {
        ChildProgram(
            executable: "/bin/sh", arguments: ["-c", script], environment: environment)
    }

    private func output(_ program: ChildProgram, input: String = "") throws -> String {
        let bytes = try ChildProcess.run(program, input: Array(input.utf8), seconds: 20)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("input and output pass; the environment is only what was given")
    func passing() throws {
        #expect(
            try output(shell("cat; echo $A; echo ${HOME-none}", ["A": "b"]), input: "in\n")
                == "in\nb\nnone\n")
    }

    @Test("a child has no open file of ours but the three given")
    func descriptors() throws {
        let open = try #require(Pipe())
        let script =
            "[ ! -e /proc/self/fd/\(open.reader) ] && [ ! -e /proc/self/fd/\(open.writer) ]"
        // The shell runs nothing else, so its own descriptors are the child's.
        #expect(try output(shell(script + " && echo closed")) == "closed\n")
    }

    @Test("a failure says how it ended and what was said")
    func failure() throws {
        do {
            _ = try ChildProcess.run(shell("echo why >&2; exit 3"), seconds: 20)
            Issue.record("it did not fail")
        } catch {
            guard case .failed(_, .status(3), "why\n") = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("a child killed by a signal, one that is overdue and one that is not there are errors")
    func errors() throws {
        #expect(throws: ProcessError.self) { try output(shell("kill -9 $$")) }
        #expect(throws: ProcessError.self) {
            try ChildProcess.run(shell("exec sleep 60"), seconds: 1)
        }
        let missing = ChildProgram(executable: "/nonexistent", arguments: [], environment: [:])
        #expect(throws: ProcessError.self) { try ChildProcess.run(missing, seconds: 1) }
    }

    @Test("both outputs are read at once, so that neither can fill up and stop the child")
    func muchOutput() throws {
        let script = "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"
        #expect(try ChildProcess.run(shell(script), seconds: 20).count == 300_000)
    }

    @Test("wait statuses are those of wait(2)")
    func statuses() {
        #expect(ChildExit(waitStatus: 0) == .status(0))
        #expect(ChildExit(waitStatus: 0x0300) == .status(3))
        #expect(ChildExit(waitStatus: 9) == .signal(9))
        #expect(ChildExit(waitStatus: 0x8B) == .signal(11))  // With a core dump.
    }

    @Test("a supervised child that is killed is started again after its rest")
    func supervised() throws {
        let log = open("/dev/null", O_WRONLY | O_CLOEXEC)
        let child = SupervisedChild(
            name: "sleeper", program: shell("exec sleep 60"), log: log, stopSignal: SIGTERM)
        try child.start()
        let first = try #require(child.pid)
        kill(first, SIGKILL)
        let deadline = Deadline.after(milliseconds: 20_000)
        let killed = Deadline.now
        while child.pid == nil || child.pid == first {
            try #require(!deadline.isPast)
            _ = child.reap()
            child.startIfDue()
            poll(nil, 0, 5)
        }
        #expect(killed.elapsedNanoseconds >= 1_000_000_000)
        let second = try #require(child.pid)
        child.stop(seconds: 10)
        #expect(child.pid == nil && kill(second, 0) == -1)
    }
}
