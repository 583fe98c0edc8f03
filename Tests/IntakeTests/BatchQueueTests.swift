import Determinism
import Observability
import Synchronization
import TestSupport
import Testing

@testable import Intake

@Suite struct BatchQueueTests {
    private let registry = MetricsRegistry()
    private let clock = SimulatedWorld(seed: 5, now: IntakeWorld.moment)

    private func queue(
        lines: Int = 10, delayMilliseconds: Int64 = 600_000, weight: Int = 1 << 20
    ) -> BatchQueue {
        BatchQueue(
            metrics: IntakeMetrics(registry), surroundings: clock.surroundings, lineLimit: lines,
            delayMilliseconds: delayMilliseconds, weightLimit: weight)
    }

    private func chunk(_ numbers: some Sequence<Int>) throws -> LineChunk {
        var chunk = LineChunk()
        for number in numbers {
            try NumberedLines.line(number).withUnsafeBufferPointer { bytes in
                chunk.append(try RequestLine(parsing: bytes), bytes)
            }
        }
        return chunk
    }

    private static var soon: Deadline { .after(milliseconds: 50) }
    private static var later: Deadline { .after(milliseconds: 60_000) }

    @Test("a batch goes when it is full, and what came by another way is not in it")
    func full() throws {
        let queue = queue()
        queue.deliver(try chunk(0..<6), from: "a")
        queue.deliver(try chunk(100..<103), from: "b")
        #expect(queue.next(until: Self.soon) == nil)
        queue.deliver(try chunk(6..<12), from: "a")

        let batch = try #require(queue.next(until: Self.later))

        #expect(batch.source == "a")
        #expect(batch.chunks.flatMap(\.lines).map(\.number) == Array(0..<12))
        #expect(queue.next(until: Self.soon) == nil)
    }

    @Test("one that is not full goes when it has waited, or when all ends")
    func waited() throws {
        let hasty = queue(delayMilliseconds: 1)
        hasty.deliver(try chunk(0..<1), from: "a")
        #expect(hasty.next(until: Self.later)?.lineCount == 1)

        let patient = queue()
        patient.deliver(try chunk(0..<1), from: "a")
        patient.close()
        #expect(patient.next(until: Self.later)?.lineCount == 1)
        #expect(patient.deliver(try chunk(1..<2), from: "a") == false)
        #expect(patient.isEmpty)
    }

    @Test("who brings more than there is room for waits until some was taken")
    func room() async throws {
        let queue = queue(weight: 4000)
        let delivered = Atomic(0)
        let chunks = try (0..<50).map { try chunk($0 * 4..<$0 * 4 + 4) }
        BackgroundThread.start {
            for chunk in chunks {
                queue.deliver(chunk, from: "a")
                delivered.wrappingAdd(1, ordering: .relaxed)
            }
        }

        #expect(
            await eventually { registry.text().contains("sluice_intake_readers_blocked 1") })
        #expect(delivered.load(ordering: .relaxed) <= 4)
        var numbers: [UInt32] = []
        for _ in 0..<200 where numbers.count < 200 {
            let batch = try await offThread { queue.next(until: .after(milliseconds: 1000)) }
            numbers += batch?.chunks.flatMap(\.lines).map(\.number) ?? []
            if delivered.load(ordering: .relaxed) == 50 { queue.close() }
        }

        #expect(numbers == Array(0..<200))
    }

    @Test("what is given back is the next")
    func givenBack() throws {
        let queue = queue(lines: 1)
        queue.deliver(try chunk(0..<1), from: "a")
        queue.deliver(try chunk(1..<2), from: "a")
        let first = try #require(queue.next(until: Self.later))
        queue.giveBack(first)

        #expect(queue.next(until: Self.later)?.id == first.id)
    }
}

@Suite struct FollowMarksTests {
    private static func position(_ offset: Int64) -> FollowPosition {
        FollowPosition(device: 1, inode: 2, offset: offset, beginning: [1, 2, 3])
    }

    @Test("the position moves over what is kept, never over a hole")
    func holes() {
        let saved = Mutex<[Int64]>([])
        let marks = FollowMarks { position in saved.withLock { $0.append(position.offset) } }
        let keep = (1...4).map { marks.add(Self.position($0)) }

        keep[2]()
        #expect(saved.withLock { $0 } == [])
        keep[0]()
        #expect(saved.withLock { $0 } == [1])
        keep[1]()
        #expect(saved.withLock { $0 } == [1, 3])
        keep[3]()
        #expect(saved.withLock { $0 } == [1, 3, 4])
    }

    @Test("a position is read as it was written, and nothing else is")
    func text() {
        let position = Self.position(77)

        #expect(FollowPosition(position.text) == position)
        for text in ["", "1 1 2 77 5", "2 1 2 77 5 3", "1 1 2 -7 5 3", "1 1 2 77 5 9999", "x"] {
            #expect(FollowPosition(text) == nil)
        }
    }
}
