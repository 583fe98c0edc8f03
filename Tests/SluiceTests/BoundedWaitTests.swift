import Determinism
import Testing

@testable import sluice

@Suite struct BoundedWaitTests {
    @Test("what ends in time is waited for, and no longer")
    func inTime() async {
        let began = Deadline.now
        #expect(await BoundedWait.run(until: .after(milliseconds: 60_000)) {})
        #expect(began.elapsedNanoseconds < 30_000_000_000)
    }

    @Test("what does not end is let go of, even when it does not listen to cancellation")
    func overdue() async {
        let (never, keeper) = AsyncStream.makeStream(of: Void.self)
        let isInTime = await BoundedWait.run(until: .after(milliseconds: 20)) {
            let deaf = Task { for await _ in never {} }
            await deaf.value
        }
        #expect(!isInTime)
        keeper.finish()
    }
}
