import Determinism
import Observability
import Synchronization
import Testing

@testable import Storage

@Suite("who waits for a shared commit waits no longer than asked, and harms nobody")
struct SharedCommitDeadlineTests {
    private enum Fate: Equatable {
        case ran
        case refused(StorageError)
    }

    /// A queue that the test empties itself, and a connection to nowhere.
    private final class Stage: Sendable {
        let queue = JobQueue(limit: 100, queued: Gauge())
        let queued = Gauge()
        let commits: SharedCommits
        private let fates = Mutex<[Int: Fate]>([:])

        init() {
            commits = SharedCommits(queue, limit: 50, leastMilliseconds: 60_000, queued: queued)
        }

        var told: [Int: Fate] { fates.withLock { $0 } }

        /// - Parameter milliseconds: until the caller's deadline; 0 is past.
        func ask(_ number: Int, within milliseconds: Int64) {
            let job = Job(
                asked: .now, deadline: .after(milliseconds: milliseconds),
                run: { _ in self.tell(number, .ran) },
                refuse: { self.tell(number, .refused($0)) })
            commits.submit(
                .init(
                    statement: Statement("SELECT 1"), order: [], job: job,
                    read: { _ in { self.tell(number, .ran) } }))
        }

        private func tell(_ number: Int, _ fate: Fate) {
            let before = fates.withLock { $0.updateValue(fate, forKey: number) }
            #expect(before == nil, "told twice")
        }

        /// As a pool thread does, for as long as something waits.
        func serve() throws {
            let target = try ConnectionTarget(url: "postgresql://nobody@127.0.0.1:1/none")
            let connection = PooledConnection(
                target, configuration: DatabaseConfiguration(url: ""), logger: .disabled,
                metrics: StorageMetrics(MetricsRegistry(), pool: "test"))
            let inbox = JobQueue.Inbox(nil)
            while queued.value > 0, let job = queue.next(for: inbox) {
                if job.deadline.isPast { job.refuse(.unavailable) } else { job.run(connection) }
            }
        }
    }

    @Test("who came too late for a thread is turned away alone; who came after is served")
    func lateFirst() throws {
        let stage = Stage()
        stage.ask(0, within: 0)
        stage.ask(1, within: 0)
        stage.ask(2, within: 3_600_000)
        try stage.serve()
        #expect(
            stage.told == [0: .refused(.unavailable), 1: .refused(.unavailable), 2: .ran])
    }

    @Test("who has little time left does not end the others' commit with an outcome unknown")
    func hurried() throws {
        let stage = Stage()
        stage.ask(0, within: 30_000)
        stage.ask(1, within: 3_600_000)
        try stage.serve()
        #expect(stage.told == [0: .refused(.unavailable), 1: .ran])
    }

    @Test("alone, who has little time left is served")
    func hurriedAlone() throws {
        let stage = Stage()
        stage.ask(0, within: 30_000)
        try stage.serve()
        #expect(stage.told == [0: .ran])
    }

    @Test("a closed queue turns all away, once each, and so it does with who comes then")
    func closed() throws {
        let stage = Stage()
        for number in 0..<3 { stage.ask(number, within: 3_600_000) }
        stage.queue.close()
        stage.ask(3, within: 3_600_000)
        #expect(stage.told.count == 4)
        #expect(stage.told.values.allSatisfy { $0 == .refused(.unavailable) })
        #expect(stage.queued.value == 0)
    }
}
