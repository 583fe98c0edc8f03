import Determinism
import Glibc

/// A child that is started again whenever it ends, until it is stopped.
final class SupervisedChild {
    private enum State {
        case idle
        case running(pid_t)
        case resting(until: Deadline)
    }

    static let restMilliseconds: Int64 = 1000

    let name: String
    private let program: ChildProgram
    private let log: Int32
    /// What asks it to end in good order.
    private let stopSignal: Int32
    private var state = State.idle

    /// - Parameter log: an open file to which the child writes; closed with this object.
    init(name: String, program: ChildProgram, log: Int32, stopSignal: Int32) {
        self.name = name
        self.program = program
        self.log = log
        self.stopSignal = stopSignal
    }

    deinit { close(log) }

    var pid: pid_t? {
        if case .running(let pid) = state { pid } else { nil }
    }

    func start() throws(ProcessError) {
        let descriptors = ChildProcess.Descriptors(input: nil, output: log, errors: log)
        state = .running(try ChildProcess.spawn(program, descriptors))
    }

    /// - Returns: how the child ended, once; it rests from then on.
    func reap() -> ChildExit? {
        guard case .running(let pid) = state, let exit = ChildProcess.reap(pid) else { return nil }
        state = .resting(until: .after(milliseconds: Self.restMilliseconds))
        return exit
    }

    /// Starts a child whose rest is over; one that cannot be started rests again.
    func startIfDue() {
        guard case .resting(let end) = state, end.isPast else { return }
        do {
            try start()
        } catch {
            state = .resting(until: .after(milliseconds: Self.restMilliseconds))
        }
    }

    /// Asks the child to end, and ends it when it does not.
    func stop(seconds: Int64) {
        defer { state = .idle }
        guard case .running(let pid) = state else { return }
        kill(pid, stopSignal)
        if ChildProcess.wait(pid, deadline: .after(milliseconds: seconds * 1000)) != nil { return }
        kill(pid, SIGKILL)
        _ = ChildProcess.wait(pid, deadline: .after(milliseconds: 5000))
    }
}
