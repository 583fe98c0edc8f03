public import Storage

/// What the dashboard shows and changes.
public struct DashboardParts: Sendable {
    let database: Database
    let tasks: [ManagerTask]

    /// - Parameter tasks: those of the leader, be it this process or another.
    public init(database: Database, tasks: [ManagerTask]) {
        self.database = database
        self.tasks = tasks
    }
}
