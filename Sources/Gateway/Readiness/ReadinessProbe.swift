import Observability
import Synchronization

/// Runs the checks, all at once, and once for everybody who asks meanwhile: no number of askers
/// makes the database busier.
final class ReadinessProbe: Sendable {
    private let checks: [ReadinessCheck]
    private let running = Mutex<Task<ReadinessReport, Never>?>(nil)

    init(_ checks: [ReadinessCheck]) {
        self.checks = checks
    }

    func report() async -> ReadinessReport {
        let task = running.withLock { running in
            if let running { return running }
            let started = Task { [self] in
                let report = await run()
                self.running.withLock { $0 = nil }
                return report
            }
            running = started
            return started
        }
        return await task.value
    }

    private func run() async -> ReadinessReport {
        await withTaskGroup(of: (String, CheckState).self) { group in
            for check in checks {
                group.addTask { (check.name, await check.check()) }
            }
            var states: [String: CheckState] = [:]
            for await (name, state) in group { states[name] = state }
            return ReadinessReport(states: states)
        }
    }
}
