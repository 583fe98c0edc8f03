import Determinism

/// How long a task rests after failures: longer each time, and never quite as long as another
/// process that failed with it.
struct BackOff: Sendable {
    private static let firstMilliseconds: Int64 = 1000
    /// For tasks whose own interval is shorter.
    private static let leastLimitMilliseconds: Int64 = 30_000

    /// - Parameter failures: in a row; at least one.
    /// - Returns: half of the full rest, and up to as much again by chance.
    static func milliseconds(
        failures: Int, intervalMilliseconds: Int64, surroundings: Surroundings
    ) -> Int64 {
        let limit = max(intervalMilliseconds, leastLimitMilliseconds)
        let full = min(limit, firstMilliseconds << Int64(min(20, max(0, failures - 1))))
        let chance = surroundings.randomBytes(2).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        return full / 2 + (full / 2) * chance / 65_535
    }
}
