/// Why a program could not be run.
enum ProcessError: Error, CustomStringConvertible {
    case cannotStart(program: String, reason: String)
    case overdue(program: String, seconds: Int64)
    case failed(program: String, exit: ChildExit, output: String)

    var description: String {
        switch self {
        case .cannotStart(let program, let reason): "\(program) cannot be started: \(reason)"
        case .overdue(let program, let seconds): "\(program) was not done after \(seconds) s"
        case .failed(let program, let exit, let output):
            "\(program) ended with \(exit)" + (output.isEmpty ? "" : ":\n" + output)
        }
    }
}
