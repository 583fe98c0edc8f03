import Determinism
import Testing

@Suite struct SurroundingsTests {
    @Test("the same seed gives the same run, another seed another")
    func repeats() {
        let first = SimulatedWorld(seed: 7).surroundings.randomBytes(64)
        let again = SimulatedWorld(seed: 7).surroundings.randomBytes(64)
        let other = SimulatedWorld(seed: 8).surroundings.randomBytes(64)

        #expect(first == again)
        #expect(first != other)
    }

    @Test("simulated time moves only when told, and forwards")
    func time() {
        let world = SimulatedWorld(seed: 1)
        let before = world.surroundings.now()
        #expect(world.surroundings.now() == before)

        world.advance(milliseconds: 1500)

        #expect(world.surroundings.now() == before.adding(milliseconds: 1500))
    }

    @Test(
        "live random bytes have the length asked for and do not repeat",
        arguments: [1, 7, 8, 33, 600])
    func liveBytes(count: Int) {
        #expect(Surroundings.live.randomBytes(count).count == count)
        #expect(Surroundings.live.randomBytes(33) != Surroundings.live.randomBytes(33))
    }

    @Test("no byte of the live source is given out twice, whoever asks and however much")
    func liveBytesOnce() async {
        let drawn = await withTaskGroup(of: [[UInt8]].self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<2000).map { Surroundings.live.randomBytes(12 + ($0 + task) % 60) }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        // Twelve bytes at any place of one answer stand nowhere in another.
        let starts = Set(drawn.map { $0.prefix(12) })
        let ends = Set(drawn.filter { $0.count >= 24 }.map { $0.suffix(12) })

        #expect(starts.count == 16_000)
        #expect(starts.isDisjoint(with: ends))
        #expect(!drawn.contains { $0.suffix(12).allSatisfy { $0 == 0 } })
    }

    @Test("a deadline that has passed leaves nothing, one to come leaves its time")
    func deadline() {
        #expect(Deadline.after(milliseconds: 0).remainingMilliseconds == 0)
        #expect(Deadline.after(milliseconds: -5).isPast)
        #expect(
            (59_000...60_000).contains(Deadline.after(milliseconds: 60_000).remainingMilliseconds))
    }
}
