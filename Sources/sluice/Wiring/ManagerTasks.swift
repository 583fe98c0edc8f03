import Determinism
import Escrow
import Manager
import Observability
import Storage
import SuiNodeClient

/// The tasks of `sluice manager`.
enum ManagerTasks {
    /// Of all there are, for the command line.
    static let names = ["meter", "overspend", "bill", "vault", "cleanup", "reconcile"]

    /// What tasks are made from.
    struct Parts: Sendable {
        let configuration: Configuration
        let escrow: EscrowSettings
        /// Each statement and transaction of it has 15 seconds.
        let database: Database
        let nodes: SuiNodes
        let logger: Logger
        let metrics: MetricsRegistry
    }

    /// In the order in which `--once` runs them. One that is not configured is left out.
    ///
    /// - Throws: where a task is configured wrongly, which keeps the manager from starting.
    static func all(_ parts: Parts) throws -> [ManagerTask] {
        try BillingTasks.all(parts) + VaultTask.all(parts) + [
            CleanupTask(
                database: parts.database, policy: parts.configuration.retention,
                surroundings: .live
            ).task,
            ReconciliationParts.task(parts),
        ]
    }

    /// - Parameters:
    ///   - cycleSeconds: another interval for those that come every few minutes.
    ///   - only: leaves all others out, so that it need not give way to them at first.
    static func chosen(
        _ parts: Parts, cycleSeconds: Int?, only: String?
    ) throws -> [ManagerTask] {
        var tasks = try all(parts)
        if let only { tasks = tasks.filter { $0.name == only }.map(\.atOnce) }
        if let only, tasks.isEmpty {
            throw ConfigurationRefusal(problems: [
                ConfigurationProblem(subject: only, reason: "this task is not configured")
            ])
        }
        guard let cycleSeconds else { return tasks }
        return tasks.map { task in
            task.isCycle ? task.every(milliseconds: Int64(cycleSeconds) * 1000) : task
        }
    }
}
