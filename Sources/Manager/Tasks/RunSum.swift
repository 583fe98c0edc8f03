import Determinism

/// Runs of one task that are not written yet.
struct RunSum {
    private static let milliseconds: Int64 = 60_000

    private(set) var open: WorkerRun?
    /// What the last one came upon.
    private var trouble: TaskFailure?

    /// - Parameter run: one that did not fail.
    /// - Returns: what is to be written now.
    mutating func take(_ run: WorkerRun) -> [WorkerRun] {
        guard run.trouble == trouble else {
            trouble = run.trouble
            let before = open
            open = nil
            let due = run.trouble == nil ? take(run) : [run]
            return [before].compactMap { $0 } + due
        }
        guard open != nil || !run.counts.isEmpty || run.trouble != nil else { return [] }
        var sum = open ?? run
        if open != nil { sum.add(run) }
        let age = run.endedAt.milliseconds - sum.startedAt.milliseconds
        let isDue = age >= Self.milliseconds || age < 0
        open = isDue ? nil : sum
        return isDue ? [sum] : []
    }
}
