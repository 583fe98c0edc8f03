import Glibc

/// The moment by which a wait must end, on a clock that never jumps.
///
/// Only for waiting on the outside world (sockets, processes): what the business decides by time
/// takes ``Surroundings/now`` instead, so that tests can move it.
public struct Deadline: Hashable, Comparable, Sendable {
    private let nanoseconds: UInt64

    private init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    public static var now: Deadline {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// A moment before every other: past since the machine started.
    public static let distantPast = Deadline(nanoseconds: 0)

    public static func after(milliseconds: Int64) -> Deadline {
        now.adding(milliseconds: milliseconds)
    }

    public func adding(milliseconds: Int64) -> Deadline {
        Deadline(nanoseconds: nanoseconds + UInt64(max(0, milliseconds)) * 1_000_000)
    }

    public var isPast: Bool { Self.now >= self }

    /// What is left, rounded up, and never negative: the form that `poll` takes.
    public var remainingMilliseconds: Int32 {
        let current = Self.now.nanoseconds
        guard nanoseconds > current else { return 0 }
        return Int32(clamping: (nanoseconds - current + 999_999) / 1_000_000)
    }

    /// This moment on `CLOCK_MONOTONIC`, for system calls that wait until a moment.
    public var reading: (seconds: Int, nanoseconds: Int) {
        (Int(nanoseconds / 1_000_000_000), Int(nanoseconds % 1_000_000_000))
    }

    /// How long ago this moment was, in nanoseconds; zero when it is still to come.
    public var elapsedNanoseconds: UInt64 {
        let current = Self.now.nanoseconds
        return current > nanoseconds ? current - nanoseconds : 0
    }

    public static func < (left: Deadline, right: Deadline) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
