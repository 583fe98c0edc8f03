import Identifiers
import Storage
import SuiProtocol

struct SentDigestRow: SQLRow {
    var digest: TransactionDigest

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        self.digest = digest
    }
}

extension Database {
    /// Of every transaction that an operation stands in.
    func digests(of id: ChargeID) async throws(StorageError) -> [TransactionDigest] {
        let found: [SentDigestRow] = try await rows(
            """
            SELECT digest FROM charge_attempts
             WHERE charge_id = \(SQLUUID(bytes: id.uuid.bytes))
            """)
        return found.map(\.digest)
    }
}
