import Determinism
import Testing

@testable import Intake

@Suite struct LossWindowTests {
    static func window(_ numbers: [UInt32]) -> LossWindow? {
        guard let first = numbers.first else { return nil }
        var window = LossWindow(beginningWith: first)
        for number in numbers.dropFirst() { window.add(number) }
        return window
    }

    @Test(
        "what is missing in the span is lost; repeated and skipped numbers even out",
        arguments: [
            ([0, 1, 2, 3], 0), ([0, 1, 3], 1), ([5, 9], 3), ([5, 5, 7], 0), ([7, 5, 6], 0),
            ([5, 5], 0), ([0, 100], 99), ([4_294_967_295, 0, 1], 0),
            ([4_294_967_294, 1], 2), ([1, 4_294_967_294], 2),
        ] as [([UInt32], Int64)])
    func lost(numbers: [UInt32], lost: Int64) {
        #expect(Self.window(numbers)?.lost == lost)
    }

    @Test("a source heard from its start on also misses its first lines")
    func fromStart() {
        var window = LossWindow.fromStart
        #expect(window.lost == 0)
        window.add(3)
        #expect(window.lost == 3)
        for number: UInt32 in [1, 0, 2] { window.add(number) }
        #expect(window.lost == 0)
    }

    @Test("at its end HAProxy's own count decides, also of what would have come last")
    func total() {
        var window = LossWindow.fromStart
        for number: UInt32 in 0..<90 { window.add(number) }
        #expect(window.lost == 0)
        #expect(window.lost(ofTotal: 100) == 10)
        #expect(window.lost(ofTotal: 90) == 0)
    }

    @Test("exactly the dropped lines are missed: any order, any cut into windows, over the wrap")
    func dropped() throws {
        for seed: UInt64 in 0..<40 {
            let chance = SimulatedWorld(seed: seed).surroundings
            let start: UInt32 = seed.isMultiple(of: 2) ? 0 : .max - 400
            var numbers = (0..<1000).map { start &+ UInt32($0) }
            // The ends stay, so that the span is known.
            let kept = numbers.enumerated().filter {
                $0.offset == 0 || $0.offset == 999 || chance.randomBytes(1)[0] >= 20
            }.map(\.element)
            numbers = kept
            for place in stride(from: 0, to: numbers.count - 1, by: 3) {
                numbers.swapAt(place, place + 1)
            }
            let cut = Int(chance.randomBytes(1)[0]) + 100
            var merged = try #require(Self.window(Array(numbers[..<cut])))
            merged.merge(try #require(Self.window(Array(numbers[cut...]))))

            #expect(merged.lost == Int64(1000 - kept.count), "seed \(seed)")
            #expect(Self.window(numbers)?.lost == merged.lost)
        }
    }

    @Test("edges, frontends and starts are counted apart")
    func apart() throws {
        var windows = LossWindows()
        var other = LossWindows()
        windows.add(try RequestLine(parsing: LineText.with(.number, "0")))
        windows.add(try RequestLine(parsing: LineText.with(.number, "2")))
        windows.add(try RequestLine(parsing: LineText.with(.edge, "\"edge-2\"")))
        windows.add(try RequestLine(parsing: LineText.with(.frontend, "\"grpc\"")))
        windows.add(try RequestLine(parsing: LineText.with(.start, "1")))
        windows.add(try RequestLine(parsing: LineText.with(.process, "1")))
        #expect(windows.windows.count == 5)
        #expect(windows.windows.values.map(\.lost).sorted() == [0, 0, 0, 0, 1])

        other.add(try RequestLine(parsing: LineText.with(.number, "1")))
        windows.merge(other)
        #expect(windows.windows.values.allSatisfy { $0.lost == 0 })
    }
}
