import Determinism
import Testing

@testable import Manager

@Suite struct RunSumTests {
    private static let task = ManagerTask("vault", everyMilliseconds: 300) { _ in .idle }

    private func run(_ seconds: Int64, _ report: TaskReport) throws -> WorkerRun {
        let moment = Timestamp(milliseconds: 1_800_000_000_000).adding(seconds: seconds)
        return try #require(
            WorkerRun(Self.task, .done(report), from: moment, to: moment, busyNanoseconds: 0))
    }

    @Test("what a task keeps coming upon is told at once, then once a minute, until it is over")
    func finding() throws {
        var sum = RunSum()
        var written: [(second: Int64, runs: Int64, code: String?)] = []
        for second: Int64 in 0..<200 {
            let isFound = (10..<150).contains(second)
            let report =
                isFound ? TaskReport(finding: "odd") : TaskReport(second == 5 ? ["n": 1] : [:])
            for due in try sum.take(run(second, report)) {
                written.append((second, due.runs, due.trouble?.code))
            }
        }
        #expect(written.map(\.second) == [10, 10, 71, 132, 150])
        #expect(written.map(\.runs) == [5, 1, 61, 61, 17])
        #expect(written.map(\.code) == [nil, "odd", "odd", "odd", "odd"])
        #expect(sum.open == nil)
    }

    @Test("another finding is news")
    func another() throws {
        var sum = RunSum()
        #expect(try sum.take(run(0, TaskReport(finding: "odd"))).count == 1)
        #expect(try sum.take(run(1, TaskReport(finding: "odd"))).isEmpty)
        let due = try sum.take(run(2, TaskReport(finding: "even")))
        #expect(due.map(\.trouble?.code) == ["odd", "even"])
    }
}
