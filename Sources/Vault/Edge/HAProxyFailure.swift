/// Why a process of HAProxy was not told.
public enum HAProxyFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody listens there, with `errno`.
    case unreachable(code: Int32)
    case noAnswer
    case answerTooLong
    /// It has ended meanwhile, as a process that was replaced does.
    case gone
    /// What it said to a command of which nothing was to be said.
    case refused(String)
    /// It says that it holds something else than it was told.
    case notHeld

    /// Stable; what edges report.
    public var code: String {
        switch self {
        case .unreachable: "haproxy_unreachable"
        case .noAnswer: "haproxy_no_answer"
        case .answerTooLong: "haproxy_answer_too_long"
        case .gone: "haproxy_gone"
        case .refused: "haproxy_refused"
        case .notHeld: "haproxy_not_held"
        }
    }

    public var description: String {
        switch self {
        case .unreachable(let code): "HAProxy does not listen on its socket: error \(code)"
        case .noAnswer: "HAProxy did not answer in time"
        case .answerTooLong: "HAProxy answered more than it should"
        case .gone: "the process of HAProxy has ended"
        case .refused(let answer): "HAProxy refused: \(answer)"
        case .notHeld: "HAProxy does not hold what it was told"
        }
    }
}
