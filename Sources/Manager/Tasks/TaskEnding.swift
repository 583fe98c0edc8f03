/// How one run of a task ended.
public enum TaskEnding: Hashable, Sendable {
    case done(TaskReport)
    case failed(TaskFailure)
    /// Another leads; what was not committed is not done.
    case deposed

    /// What somebody has to know of; nil when all is well.
    var trouble: TaskFailure? {
        switch self {
        case .done(let report): report.finding.map { TaskFailure($0, report.detail ?? "") }
        case .failed(let failure): failure
        case .deposed: nil
        }
    }

    var isFailure: Bool {
        if case .failed = self { true } else { false }
    }

    /// Whether nothing was amiss.
    public var isWell: Bool {
        if case .done(let report) = self { report.finding == nil } else { false }
    }
}
