import Determinism
import Escrow
import Observability
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Manager

@Suite struct TaskRunnerTests {
    private struct Broken: Error {}

    /// Counts its runs, and says how each ends.
    private final class Counted: Sendable {
        private let runs: Mutex<Int>
        private let name: String
        private let milliseconds: Int64
        private let body: @Sendable (Int) async throws -> TaskReport

        init(
            _ name: String, every milliseconds: Int64 = 60_000,
            _ body: @escaping @Sendable (Int) async throws -> TaskReport = { _ in .idle }
        ) {
            runs = Mutex(0)
            self.name = name
            self.milliseconds = milliseconds
            self.body = body
        }

        var count: Int { runs.withLock { $0 } }

        var task: ManagerTask { task(after: 0) }

        func task(after delay: Int64) -> ManagerTask {
            ManagerTask(
                name, everyMilliseconds: milliseconds, afterMilliseconds: delay
            ) { [self] _ in
                let number = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                return try await body(number)
            }
        }
    }

    @Test("a failing task rests, says so everywhere, and stops no other")
    func oneFails() async throws {
        let world = try await ManagerWorld()
        let bad = Counted("bad", every: 1) { _ in throw TaskFailure("node_away", "no node") }
        let good = Counted("good", every: 1) { _ in TaskReport(["things": 1]) }
        let runner = world.runner(bad.task, good.task)
        let work = Task { await runner.run(as: world.leader) }
        #expect(
            await eventually {
                guard good.count > 20, case .degraded(let reason)? = runner.check(of: "bad") else {
                    return false
                }
                return reason.contains("in a row")
            })
        #expect(bad.count < 5, "it rests for longer each time")
        let check = try #require(runner.check(of: "bad"))
        guard case .degraded(let reason) = check else {
            Issue.record("\(check)")
            return
        }
        #expect(reason.contains("node_away") && reason.contains("in a row"))
        #expect(runner.check(of: "good") == .ok)
        let text = world.metrics.text()
        #expect(text.contains("sluice_task_failing{task=\"bad\"} 1"))
        #expect(text.contains("sluice_task_failing{task=\"good\"} 0"))
        #expect(
            world.log.lines().contains { $0.contains("task failed") && $0.contains("node_away") })
        work.cancel()
        await work.value
        let rows = try await world.store.run(
            "SELECT DISTINCT task, outcome, error_code FROM worker_runs ORDER BY task")
        #expect(rows == [["bad", "failed", "node_away"], ["good", "done", nil]])
    }

    @Test("a task that comes later in a turn begins when it is asked for, or run once")
    func comesLater() async throws {
        let world = try await ManagerWorld()
        let late = Counted("late")
        let first = Counted("first", every: 1)
        let runner = world.runner(late.task(after: 3_600_000), first.task)
        let work = Task { await runner.run(as: world.leader) }
        #expect(await eventually { first.count > 5 })
        #expect(late.count == 0)
        try await world.store.run(
            "INSERT INTO worker_requests (task, asked_at, asked_by) VALUES ('late', now(), 'a')")
        #expect(await eventually { late.count == 1 })
        work.cancel()
        await work.value
        #expect(await runner.runOnce(as: world.leader).count == 2)
        #expect(late.count == 2)
    }

    @Test("a task that is well again says so")
    func wellAgain() async throws {
        let world = try await ManagerWorld()
        let task = Counted("some", every: 1) { number in
            if number == 1 { throw Broken() }
            return .idle
        }
        let runner = world.runner(task.task)
        let work = Task { await runner.run(as: world.leader) }
        #expect(await eventually { task.count >= 3 })
        #expect(runner.checks.map(\.state) == [.ok])
        #expect(world.metrics.text().contains("sluice_task_failing{task=\"some\"} 0"))
        work.cancel()
        await work.value
    }

    /// A task whose first run goes on until it is let go of.
    private static func slow() -> (
        task: Counted, begun: AsyncStream<Void>, open: AsyncStream<Void>.Continuation
    ) {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let task = Counted("slow") { number in
            guard number == 1 else { return .idle }
            begin.yield()
            _ = await gate.first { _ in true }
            #expect(!Task.isCancelled)
            return TaskReport(["things": 7])
        }
        return (task, begun, open)
    }

    @Test("asked to stop, its turn ends at once, the run in hand is finished, and no other begins")
    func stops() async throws {
        let world = try await ManagerWorld()
        let (slow, begun, open) = Self.slow()
        let runner = world.runner(slow.task)
        let work = Task { await runner.run(as: world.leader) }
        _ = await begun.first { _ in true }
        work.cancel()
        await work.value
        #expect(try await world.runs() == [["slow", "running"]])
        open.yield()
        await runner.finish()
        #expect(try await world.runs("outcome, counts->>'things'") == [["done", "7"]])
        #expect(slow.count == 1)
    }

    @Test("a run that outlives its turn has no other beside it in the next, and stays unwritten")
    func outlives() async throws {
        let world = try await ManagerWorld()
        let (slow, begun, open) = Self.slow()
        let quick = Counted("quick", every: 1)
        let runner = world.runner(slow.task, quick.task)
        let first = Task { await runner.run(as: world.leader) }
        _ = await begun.first { _ in true }
        first.cancel()
        await first.value
        let leadership = Leadership(direct: world.direct)
        try await leadership.resign()
        let next = try #require(try await leadership.take(as: "again"))
        let before = quick.count
        let second = Task { await runner.run(as: next) }
        #expect(await eventually { quick.count > before + 5 })
        #expect(slow.count == 1)
        open.yield()
        #expect(await eventually { slow.count == 2 })
        second.cancel()
        await second.value
        await runner.finish()
        #expect(
            try await world.runs().filter { $0[0] == "slow" }
                == [["slow", "interrupted"], ["slow", "done"]])
    }

    @Test("what a killed process left running is found interrupted by the next")
    func interrupted() async throws {
        let world = try await ManagerWorld()
        try await world.store.run(
            """
            INSERT INTO worker_runs (task, generation, holder, started_at, outcome)
            VALUES ('slow', 1, 'there 9', now(), 'running'), ('gone', 1, 'there 9', now(), 'running')
            """)
        let slow = Counted("slow")
        _ = await world.runner(slow.task).runOnce(as: world.leader)
        #expect(
            try await world.runs() == [
                ["slow", "interrupted"], ["gone", "interrupted"], ["slow", "done"],
            ])
    }

    @Test("a leader that was deposed runs nothing and writes nothing")
    func deposed() async throws {
        let world = try await ManagerWorld()
        let task = Counted("some")
        let runner = world.runner(task.task)
        try await world.depose()
        await runner.run(as: world.leader)
        #expect(await runner.runOnce(as: world.leader).isEmpty)
        #expect(task.count == 0)
        #expect(try await world.runs().isEmpty)
    }

    @Test("deposed in the middle of a run, it ends its turn and the run stays unfinished")
    func deposedMeanwhile() async throws {
        let world = try await ManagerWorld()
        let task = Counted("some") { _ in
            try await world.depose()
            return TaskReport(["things": 1])
        }
        await world.runner(task.task).run(as: world.leader)
        #expect(try await world.runs() == [["some", "running"]])
    }

    @Test("runs of a brief task are summed up, idle ones leave nothing, and no clock disturbs them")
    func brief() async throws {
        let world = try await ManagerWorld()
        let task = Counted("meter", every: 1) { number in
            number <= 20 ? TaskReport(["lines": 5]) : .idle
        }
        let runner = world.runner(task.task)
        let work = Task { await runner.run(as: world.leader) }
        #expect(await eventually { task.count > 30 })
        #expect(try await world.runs().isEmpty, "the minute is not over")
        world.time.advance(milliseconds: 86_400_000)
        #expect(try await eventually { try await world.runs().count == 1 })
        world.time.advance(milliseconds: -2 * 86_400_000)
        let before = task.count
        #expect(await eventually { task.count > before + 5 })
        work.cancel()
        await work.value
        #expect(try await world.runs("task, counts->>'lines'") == [["meter", "100"]])
    }

    @Test("a run is brought forward by whoever asks for it, and told under that name")
    func asked() async throws {
        let world = try await ManagerWorld()
        let task = Counted("bill", every: 3_600_000)
        let runner = world.runner(task.task)
        let work = Task { await runner.run(as: world.leader) }
        #expect(await eventually { task.count == 1 })
        try await world.database.transaction { transaction throws(StorageError) in
            try await transaction.askForRun(
                of: "bill", by: "alice", at: world.time.surroundings.now())
        }
        #expect(await eventually { task.count == 2 })
        work.cancel()
        await work.value
        await runner.finish()
        #expect(
            try await world.runs("outcome, asked_by").prefix(2) == [
                ["done", nil], ["done", "alice"],
            ])
        #expect(try await world.database.askedTasks().isEmpty)
    }

    @Test("once: each in order, failures told, the rest still run")
    func once() async throws {
        let world = try await ManagerWorld()
        let first = Counted("first") { _ in throw Broken() }
        let second = Counted("second") { _ in TaskReport(["n": 1], finding: "odd", detail: "look") }
        let third = Counted("third")
        let endings = await world.runner(first.task, second.task, third.task)
            .runOnce(as: world.leader)
        #expect(endings.map(\.task) == ["first", "second", "third"])
        #expect(endings.map(\.ending.isWell) == [false, false, true])
        #expect(
            try await world.runs("task, outcome, error_code") == [
                ["first", "failed", "failed"], ["second", "finding", "odd"],
                ["third", "done", nil],
            ])
    }

    @Test("a rest grows with each failure, never beyond the task's own pace, and never in step")
    func rests() {
        let surroundings = SimulatedWorld(seed: 3).surroundings
        func rest(_ failures: Int, every interval: Int64) -> Int64 {
            BackOff.milliseconds(
                failures: failures, intervalMilliseconds: interval, surroundings: surroundings)
        }
        #expect((500...1000).contains(rest(1, every: 2000)))
        #expect((4000...8000).contains(rest(4, every: 2000)))
        for failures in [6, 60, 600] {
            #expect((15_000...30_000).contains(rest(failures, every: 300)))
            #expect((150_000...300_000).contains(rest(failures + 10, every: 300_000)))
        }
        #expect(Set((0..<50).map { _ in rest(9, every: 300_000) }).count > 40)
    }
}

extension TaskRunner {
    fileprivate func check(of task: String) -> CheckState? {
        checks.first { $0.name == "task_" + task }?.state
    }
}
