import Determinism
import Synchronization

/// Chance that draws the same customer id some times before it goes on as it should.
final class RepeatedID: Sendable {
    private let first: [UInt8]
    private let times: Int
    private let rest: Surroundings
    private let count = Mutex(0)

    init(first number: Int64, times: Int, then rest: Surroundings) {
        first = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        self.times = times
        self.rest = rest
    }

    var repeated: Int { count.withLock { min($0, times) } }

    var surroundings: Surroundings {
        Surroundings(
            now: rest.now,
            randomBytes: { [self] length in
                guard length == 4 else { return rest.randomBytes(length) }
                let isRepeated = count.withLock { count in
                    count += 1
                    return count <= times
                }
                return isRepeated ? first : rest.randomBytes(length)
            })
    }
}
