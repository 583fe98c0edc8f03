import Determinism
import Synchronization

/// How much of what is refused is kept. All of it is counted; of a flood only samples are, so that
/// rubbish fills neither the disk nor the table.
public final class QuarantineBudget: Sendable {
    private struct Kind: Hashable {
        let source: String
        let code: String
    }

    private struct Minute {
        var number: Int64 = .min
        var kept: [Kind: Int] = [:]
        var all = 0
    }

    private let perKind: Int
    private let total: Int
    private let state = Mutex(Minute())

    /// - Parameters:
    ///   - perKind: samples a minute of one source and code.
    ///   - total: of all together, since who sends may invent edges, and so sources.
    public init(perKind: Int = 100, total: Int = 2000) {
        self.perKind = perKind
        self.total = total
    }

    /// Whether one more may be kept; it then is.
    func take(source: String, code: String, at moment: Timestamp) -> Bool {
        state.withLock { state in
            let number = moment.seconds / 60
            if state.number != number { state = Minute(number: number) }
            let kind = Kind(source: source, code: code)
            guard state.all < total, state.kept[kind, default: 0] < perKind else { return false }
            state.kept[kind, default: 0] += 1
            state.all += 1
            return true
        }
    }
}
