import Determinism

/// How long an endpoint rests, and how long a question waits before it is put again. Longer with
/// every failure, and never twice the same: those who failed together must not return together.
struct NodeBackoff: Sendable {
    let limits: SuiNodeLimits
    let surroundings: Surroundings

    /// - Parameter failures: in a row, from one.
    func restMilliseconds(failures: Int) -> Int64 {
        jittered(doubled(limits.restMilliseconds, failures, most: limits.longestRestMilliseconds))
    }

    /// Before the next attempt at the same endpoint.
    func pauseMilliseconds(attempt: Int) -> Int64 {
        jittered(doubled(limits.pauseMilliseconds, attempt, most: limits.longestRestMilliseconds))
    }

    private func doubled(_ base: Int64, _ times: Int, most: Int64) -> Int64 {
        min(most, base << Int64(min(max(0, times - 1), 16)))
    }

    /// From half to all of it.
    private func jittered(_ milliseconds: Int64) -> Int64 {
        let half = milliseconds / 2
        let chance = surroundings.randomBytes(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return half + (milliseconds - half) * chance / 65_535
    }
}
