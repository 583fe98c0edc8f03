import Audit
import ByteCodecs
import Determinism
import Identifiers
import Storage
import SuiProtocol

/// What the audit log tells of a wallet's transactions: what each was to do, and never its bytes or
/// signature.
extension WalletOwner {
    func record(
        _ action: AuditAction, _ outcome: AuditOutcome, reason: String? = nil,
        _ details: JSONObject
    ) -> AuditRecord {
        AuditRecord(
            action: action, outcome: outcome, reason: reason, customerID: customer.number,
            sessionID: session, walletAddress: address.description, ip: origin.ip,
            userAgent: origin.userAgent, requestID: origin.requestID, details: .object(details))
    }

    var session: SQLUUID? { origin.session.map { SQLUUID(bytes: $0.uuid.bytes) } }
}

extension WalletRequest {
    var details: JSONObject {
        var details: JSONObject = ["kind": .string(kind.rawValue)]
        details["amountMicroUsdc"] = amount.map { .string($0.description) }
        details["spendingLimitMicroUsdc"] = spendingLimit.map { .string($0.description) }
        return details
    }
}

extension WalletTransaction {
    var details: JSONObject {
        var details: JSONObject = ["digest": .string(digest.description)]
        details["kind"] = kind.map { .string($0.rawValue) }
        details["amountMicroUsdc"] = amount.map { .string($0.description) }
        details["spendingLimitMicroUsdc"] = spendingLimit.map { .string($0.description) }
        details["expiresAtEpoch"] = lastEpoch.map { .integer($0) }
        return details
    }
}

extension Database {
    func write(_ record: AuditRecord, at now: Timestamp) async throws(StorageError) {
        try await execute(record.insertion(at: now))
    }
}
