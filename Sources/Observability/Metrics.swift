import Synchronization

/// A number that only grows, such as requests answered.
public final class Counter: Sendable {
    private let count = Atomic<Int64>(0)

    public init() {}

    public func increment(by amount: Int64 = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: Int64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down, such as open connections.
public final class Gauge: Sendable {
    private let level = Atomic<Int64>(0)

    public init() {}

    public func set(_ value: Int64) {
        level.store(value, ordering: .relaxed)
    }

    public func add(_ amount: Int64) {
        level.wrappingAdd(amount, ordering: .relaxed)
    }

    public var value: Int64 { level.load(ordering: .relaxed) }
}

/// How long things took, counted in buckets.
public final class Histogram: Sendable {
    /// Upper bounds in nanoseconds with the text that Prometheus shows, in seconds.
    static let bounds: [(nanoseconds: UInt64, text: String)] = [
        (500_000, "0.0005"), (1_000_000, "0.001"), (2_500_000, "0.0025"), (5_000_000, "0.005"),
        (10_000_000, "0.01"), (25_000_000, "0.025"), (50_000_000, "0.05"),
        (100_000_000, "0.1"), (250_000_000, "0.25"), (500_000_000, "0.5"),
        (1_000_000_000, "1"), (2_500_000_000, "2.5"), (5_000_000_000, "5"),
        (10_000_000_000, "10"),
    ]

    struct Content {
        var buckets = [Int64](repeating: 0, count: Histogram.bounds.count)
        var count: Int64 = 0
        var sumNanoseconds: UInt64 = 0
    }

    private let state = Mutex(Content())

    public init() {}

    public func observe(nanoseconds: UInt64) {
        let index = Self.bounds.firstIndex { nanoseconds <= $0.nanoseconds }
        state.withLock { state in
            if let index { state.buckets[index] += 1 }
            state.count += 1
            state.sumNanoseconds += nanoseconds
        }
    }

    var content: Content { state.withLock { $0 } }
}
