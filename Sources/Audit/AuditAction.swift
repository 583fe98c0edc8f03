/// What is worth remembering. Raw values stand in the database and never change.
public enum AuditAction: String, Sendable, CaseIterable {
    case signInSucceeded = "sign_in_succeeded"
    case signInFailed = "sign_in_failed"
    case sessionRefreshed = "session_refreshed"
    /// A refresh token was used again too late: somebody else may have it.
    case refreshReused = "refresh_reused"
    case refreshFailed = "refresh_failed"
    case sessionEnded = "session_ended"
    case customerRenamed = "customer_renamed"
    case signingKeyMade = "signing_key_made"
    case signingKeyRotated = "signing_key_rotated"
    case serviceKeyAdded = "service_key_added"
    case serviceSecretAdded = "service_secret_added"
    case serviceSecretRetired = "service_secret_retired"
    case serviceKeyRevoked = "service_key_revoked"
    /// Somebody used the id of a service's key and could not sign for it, or for that call.
    case serviceCallRefused = "service_call_refused"
    /// A transaction was built for a customer's wallet.
    case walletTransactionBuilt = "wallet_transaction_built"
    case walletTransactionSubmitted = "wallet_transaction_submitted"
    /// Mirrors or bookings were built anew from the chain's events.
    case escrowRepaired = "escrow_repaired"
    /// A human has looked at what did not fit, and the account may be charged again.
    case breakAccepted = "break_accepted"
    /// An operator asked for a charge or refund to be given up.
    case chargeCancelAsked = "charge_cancel_asked"
    /// A customer chose, enabled or disabled a service.
    case serviceConfigured = "service_configured"
    case serviceEnabled = "service_enabled"
    case serviceDisabled = "service_disabled"
    /// A service stopped, and went on, as its customer's account told.
    case serviceSuspended = "service_suspended"
    case serviceResumed = "service_resumed"
    /// An operator stopped a customer's service, and gave it free again.
    case serviceSuspendedByOperator = "service_suspended_by_operator"
    case serviceSuspensionLifted = "service_suspension_lifted"
    case apiKeyCreated = "api_key_created"
    case apiKeyRotated = "api_key_rotated"
    case apiKeyRevoked = "api_key_revoked"
    case apiKeyEnabled = "api_key_enabled"
    case apiKeyDeleted = "api_key_deleted"
    /// By hand: what all edges serve by is of an older version from then on, or follows again.
    case vaultChangeAsked = "vault_change_asked"
    case vaultRolledBack = "vault_rolled_back"
    case vaultWritten = "vault_written"
    /// An edge is out of service, and nobody waits for it any more.
    case vaultEdgeForgotten = "vault_edge_forgotten"
    /// Somebody may use the manager's dashboard.
    case operatorAdded = "operator_added"
    case operatorRotated = "operator_rotated"
    case operatorRevoked = "operator_revoked"
    case operatorSignedIn = "operator_signed_in"
    case operatorSignedOut = "operator_signed_out"
    case operatorSignInFailed = "operator_sign_in_failed"
    /// An operator wants a task run before its time.
    case taskRunAsked = "task_run_asked"
    /// An operator wants an operation asked for, or its bytes sent, once more.
    case chargeRetryAsked = "charge_retry_asked"
    /// An operator wants lines in quarantine read again, and they were.
    case quarantineReplayAsked = "quarantine_replay_asked"
    case quarantineReplayed = "quarantine_replayed"
    /// Something above the limit waits for a second operator.
    case approvalAsked = "approval_asked"
    case approvalGiven = "approval_given"
    case approvalRefused = "approval_refused"
    case refundAsked = "refund_asked"
    case creditGranted = "credit_granted"
    case invoiceVoided = "invoice_voided"
    /// Other prices are in force from a moment on.
    case priceBookLoaded = "price_book_loaded"
}

/// How it went.
public enum AuditOutcome: String, Sendable, CaseIterable {
    case success, failure
}
