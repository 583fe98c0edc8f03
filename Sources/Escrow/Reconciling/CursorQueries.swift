import Storage

/// Pages of the cursors that a reconciliation declares.
enum ReconciliationPages {
    static let events: SQL = "FETCH 1000 FROM reconciled_events"
    static let entries: SQL = "FETCH 1000 FROM reconciled_entries"
    static let outcomes: SQL = "FETCH 1000 FROM reconciled_outcomes"
    static let holds: SQL = "FETCH 1000 FROM reconciled_holds"
    static let accounts: SQL = "FETCH 1000 FROM reconciled_accounts"
    static let accountEvents: SQL = "FETCH 1000 FROM reconciled_account_events"
}
