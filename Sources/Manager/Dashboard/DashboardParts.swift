public import Intake
public import Storage

/// What the dashboard shows and changes.
public struct DashboardParts: Sendable {
    let database: Database
    let tasks: [ManagerTask]
    let replay: AuditedReplay

    /// - Parameter tasks: those of the leader, be it this process or another.
    public init(database: Database, tasks: [ManagerTask], replay: AuditedReplay) {
        self.database = database
        self.tasks = tasks
        self.replay = replay
    }
}
