import Audit
import Identifiers

extension AuditRecord {
    /// - Parameter reason: a stable word for why.
    init(
        action: AuditAction, outcome: AuditOutcome, reason: String? = nil,
        customerID: CustomerID? = nil, sessionID: SessionID? = nil, walletAddress: String? = nil,
        caller: CallerContext
    ) {
        self.init(
            action: action, outcome: outcome, reason: reason, customerID: customerID?.number,
            sessionID: sessionID?.sqlValue,
            walletAddress: walletAddress, ip: caller.ip, userAgent: caller.userAgent,
            requestID: caller.requestID)
    }
}
