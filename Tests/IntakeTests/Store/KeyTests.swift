import Determinism
import TestSupport
import Testing

@testable import Intake

@Suite struct KeyTests {
    private static let other = String(repeating: "f", count: 64)
    private static let otherID = "00000000-0000-4000-8000-000000000002"

    @Test("a request that failed with an unknown key is stored without a customer")
    func failed() async throws {
        let world = try await IntakeWorld()

        try await world.store([
            NumberedLines.line(0, status: 401, key: Self.other),
            NumberedLines.line(1, status: 401, key: "-"), NumberedLines.line(2, status: 200),
        ])

        #expect(
            try await world.rows("SELECT status, customer_id FROM haproxy_logs ORDER BY line_id")
                == ["401 -", "401 -", "200 42"])
    }

    @Test("one that succeeded with an unknown key is put aside, and counts as missing")
    func succeeded() async throws {
        let world = try await IntakeWorld()

        let outcome = try await world.store([
            NumberedLines.line(0), NumberedLines.line(1, key: Self.other), NumberedLines.line(2),
        ])

        #expect(outcome == StoredBatch(stored: 2, duplicates: 0, quarantined: 1))
        #expect(
            try await world.rows("SELECT code, source, is_cut FROM log_quarantine")
                == ["api_key_unknown test f"])
        #expect(try await world.rows("SELECT lost FROM log_gaps") == ["1"])
    }

    @Test("a key that was made a moment ago is known with the next batch")
    func made() async throws {
        let world = try await IntakeWorld()
        let (before, after) = (
            world.batch([NumberedLines.line(0, key: Self.other)]),
            world.batch([NumberedLines.line(1, key: Self.other)])
        )

        let outcomes = try await offThread {
            let store = try world.makeStore()
            defer { store.close() }
            let first = try store.store(before)
            let made = Task { try await world.addKey(Self.other, id: Self.otherID) }
            try Waiting.wait { try await made.value }
            return [first, try store.store(after)]
        }

        #expect(outcomes.map(\.stored) == [0, 1])
    }

    @Test("of keys that nobody has, only some are asked for at a time")
    func guesses() {
        var directory = KeyDirectory()
        var batch = LineBatch(source: "test", SimulatedWorld(seed: 1).surroundings)
        var chunk = LineChunk()
        for number in 0..<1000 {
            let digits = String(number, radix: 16)
            let key = String(repeating: "a", count: 64 - digits.count) + digits
            let bytes = NumberedLines.line(number, status: 401, key: key)
            bytes.withUnsafeBufferPointer { bytes in
                if let line = try? RequestLine(parsing: bytes) { chunk.append(line, bytes) }
            }
        }
        batch.append(chunk)

        let asked = directory.missing(in: batch, at: IntakeWorld.moment)
        directory.learn([], of: asked, at: IntakeWorld.moment)
        let next = directory.missing(in: batch, at: IntakeWorld.moment)

        #expect(asked.count == 256)
        #expect(Set(asked).isDisjoint(with: next))
    }
}
