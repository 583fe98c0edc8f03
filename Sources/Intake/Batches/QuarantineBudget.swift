import Determinism
import Synchronization

/// How much of what is refused is kept. All of it is counted; of a flood of rubbish only samples are
/// kept, so that it fills neither the disk nor the table. Lines that may count one day are money, and
/// have a measure of their own.
public final class QuarantineBudget: Sendable {
    private struct Kind: Hashable {
        let source: String
        let code: String
    }

    private struct Minute {
        var number: Int64 = .min
        var kept: [Kind: Int] = [:]
        var samples = 0
        var lines = 0
    }

    private struct Kept {
        var minute = Minute()
        var day: Int64 = .min
        var linesOfDay = 0
    }

    private let perKind: Int
    private let total: Int
    private let lines: Int
    private let linesOfDay: Int
    private let state = Mutex(Kept())

    /// - Parameters:
    ///   - perKind: samples a minute of one source and code.
    ///   - total: samples of all together, since who sends may invent edges, and so sources.
    ///   - lines: those that may count one day, of all together: about 400 MB a minute.
    ///   - linesOfDay: the same within a day: about 2 GB. Whoever may write to an intake can make them.
    public init(
        perKind: Int = 100, total: Int = 2000, lines: Int = 1_000_000, linesOfDay: Int = 5_000_000
    ) {
        self.perKind = perKind
        self.total = total
        self.lines = lines
        self.linesOfDay = linesOfDay
    }

    /// Whether one more may be kept; it then is.
    func take(source: String, _ reason: QuarantineReason, at moment: Timestamp) -> Bool {
        state.withLock { state in
            let (number, day) = (moment.seconds / 60, moment.seconds / 86_400)
            if state.minute.number != number { state.minute = Minute(number: number) }
            if state.day != day { (state.day, state.linesOfDay) = (day, 0) }
            return reason.mayPass
                ? takeLine(&state) : takeSample(source, reason.code, &state.minute)
        }
    }

    private func takeLine(_ state: inout Kept) -> Bool {
        guard state.minute.lines < lines, state.linesOfDay < linesOfDay else { return false }
        state.minute.lines += 1
        state.linesOfDay += 1
        return true
    }

    private func takeSample(_ source: String, _ code: String, _ minute: inout Minute) -> Bool {
        let kind = Kind(source: source, code: code)
        guard minute.samples < total, minute.kept[kind, default: 0] < perKind else { return false }
        minute.kept[kind, default: 0] += 1
        minute.samples += 1
        return true
    }
}
