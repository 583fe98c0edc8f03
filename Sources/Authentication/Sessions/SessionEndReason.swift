/// Why a session ended. The same words stand in the database's CHECK `sessions_end_reason_known`.
public enum SessionEndReason: String, Sendable, CaseIterable {
    case logout
    case endedByCustomer = "ended_by_customer"
    case endedOthers = "ended_others"
    case refreshReused = "refresh_reused"
    /// The database was set back: what ended a session since may be forgotten.
    case databaseRestored = "database_restored"
}
