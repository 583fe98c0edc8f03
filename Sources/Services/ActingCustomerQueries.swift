public import Audit
public import ByteCodecs
public import Determinism
import Identifiers
public import Storage

extension Transaction {
    /// Notes a deed of a customer's in the audit log, with what was done.
    public func audit(
        _ action: AuditAction, by actor: ActingCustomer, _ details: JSONObject, at now: Timestamp
    ) async throws(StorageError) {
        let record = AuditRecord(
            action: action, outcome: .success, customerID: actor.customer.number,
            sessionID: actor.session.map { SQLUUID(bytes: $0.uuid.bytes) },
            walletAddress: actor.walletAddress, ip: actor.ip, userAgent: actor.userAgent,
            requestID: actor.requestID, details: .object(details))
        try await execute(record.insertion(at: now))
    }
}
