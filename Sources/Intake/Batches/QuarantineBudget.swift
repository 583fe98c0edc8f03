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

    private let perKind: Int
    private let total: Int
    private let lines: Int
    private let state = Mutex(Minute())

    /// - Parameters:
    ///   - perKind: samples a minute of one source and code.
    ///   - total: samples of all together, since who sends may invent edges, and so sources.
    ///   - lines: those that may count one day, of all together: about 400 MB a minute.
    public init(perKind: Int = 100, total: Int = 2000, lines: Int = 1_000_000) {
        self.perKind = perKind
        self.total = total
        self.lines = lines
    }

    /// Whether one more may be kept; it then is.
    func take(source: String, _ reason: QuarantineReason, at moment: Timestamp) -> Bool {
        state.withLock { state in
            let number = moment.seconds / 60
            if state.number != number { state = Minute(number: number) }
            if reason.mayPass {
                guard state.lines < lines else { return false }
                state.lines += 1
                return true
            }
            let kind = Kind(source: source, code: reason.code)
            guard state.samples < total, state.kept[kind, default: 0] < perKind else {
                return false
            }
            state.kept[kind, default: 0] += 1
            state.samples += 1
            return true
        }
    }
}
