/// Reads windows ahead of those that are booked, some at a time, and gives them in their order.
///
/// Whoever makes one ends it with ``stop()``.
struct WindowsAhead {
    private typealias Reading = Task<Result<CheckpointWindow, FollowerError>, Never>

    private let reader: WindowReader
    private let last: Int64
    private let size: Int64
    private let limit: Int
    private var next: Int64
    private var readings: [Reading] = []

    /// - Parameter range: all that is to be read, in windows of at most `size` checkpoints, of
    ///   which `limit` are read or wait.
    init(_ reader: WindowReader, _ range: ClosedRange<Int64>, size: Int64, limit: Int) {
        self.reader = reader
        next = range.lowerBound
        last = range.upperBound
        self.size = max(1, size)
        self.limit = max(1, limit)
    }

    /// Nil after the last one.
    mutating func window() async throws(FollowerError) -> CheckpointWindow? {
        while readings.count < limit, next <= last {
            let range = next...min(last, next + size - 1)
            next = range.upperBound + 1
            readings.append(
                Reading { [reader] in
                    do throws(FollowerError) {
                        return .success(try await reader.read(range))
                    } catch {
                        return .failure(error)
                    }
                })
        }
        guard !readings.isEmpty else { return nil }
        return try await readings.removeFirst().value.get()
    }

    /// Lets go of what is still being read.
    func stop() {
        for reading in readings { reading.cancel() }
    }
}
