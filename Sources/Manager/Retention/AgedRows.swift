/// Rows that go by age alone. Raw values name counts of `worker_runs`.
enum AgedRows: String, CaseIterable, Sendable {
    case emptyBatches = "empty_batches"
    case quarantine
    case windows
    case gaps
    case events
    case runs
    case breaks

    func days(_ policy: RetentionPolicy) -> Int64 {
        switch self {
        case .emptyBatches: policy.logDays
        case .quarantine: policy.quarantineDays
        case .windows, .gaps: policy.lossWindowDays
        case .events: policy.ingestedEventDays
        case .runs: policy.workerRunDays
        case .breaks: policy.pastBreakDays
        }
    }
}
