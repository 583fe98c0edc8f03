import Audit
import Storage
import TestSupport

extension AuditWorld {
    /// Rows 1 and 3; the transaction of 2 was rolled back.
    func writeWithGap() async throws {
        try await write(1)
        let record = AuditRecord(action: .sessionRefreshed, outcome: .success)
        try await database.transaction { transaction throws(StorageError) in
            try await transaction.execute(record.insertion(at: now))
            transaction.abandon()
        }
        try await write(1)
    }

    /// - Parameters:
    ///   - recordedAt: SQL.
    ///   - at: SQL.
    func insert(
        auditID: Int64, recordedAt: String, at: String = "now()"
    ) async throws {
        try await tamper(
            """
            INSERT INTO audit_log (audit_id, recorded_at, at, action, outcome)
            OVERRIDING SYSTEM VALUE
            VALUES (\(auditID), \(recordedAt), \(at), 'sign_in_succeeded', 'success')
            """)
    }
}
