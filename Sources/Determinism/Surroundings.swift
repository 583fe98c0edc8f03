import Glibc
import Synchronization

/// All that may differ between two runs. Passed to every service; nothing reads a clock itself.
public struct Surroundings: Sendable {
    public var now: @Sendable () -> Timestamp
    public var randomBytes: @Sendable (_ count: Int) -> [UInt8]

    public init(
        now: @escaping @Sendable () -> Timestamp,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) {
        self.now = now
        self.randomBytes = randomBytes
    }

    /// The machine's clock and the kernel's random source.
    public static let live = Surroundings(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Timestamp(
                milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
        },
        randomBytes: KernelEntropy().bytes)
}

/// A clock that stands still until it is told to move, and chance that repeats.
///
/// Same seed and same calls, same run: a failing scenario prints its seed. Never for production:
/// its bytes are predictable.
public final class SimulatedWorld: Sendable {
    private struct State {
        var now: Timestamp
        var chance: UInt64
    }

    private let state: Mutex<State>

    public init(seed: UInt64, now: Timestamp = Timestamp(milliseconds: 1_800_000_000_000)) {
        state = Mutex(State(now: now, chance: seed))
    }

    public var surroundings: Surroundings {
        Surroundings(
            now: { self.state.withLock { $0.now } },
            randomBytes: { count in
                self.state.withLock { state in
                    (0..<count).map { _ in Self.nextByte(&state.chance) }
                }
            })
    }

    public func advance(milliseconds: Int64) {
        state.withLock { $0.now.milliseconds += milliseconds }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014); its top byte.
    private static func nextByte(_ chance: inout UInt64) -> UInt8 {
        chance &+= 0x9E37_79B9_7F4A_7C15
        var mixed = chance
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt8(truncatingIfNeeded: (mixed ^ (mixed >> 31)) >> 56)
    }
}
