public import ByteCodecs
public import Determinism
public import Storage

/// One entry of the audit log: who did what, when, from where, and how it went.
///
/// Never put a secret or a token in it, not even in part: whoever makes a record chooses each
/// field by name, and there is none for them.
public struct AuditRecord: Sendable {
    /// What a client chose itself is cut to so many code points.
    private static let textLimit = 512

    public var action: AuditAction
    public var outcome: AuditOutcome
    /// A stable code, as `signature_invalid`.
    public var reason: String?
    public var customerID: Int64?
    public var sessionID: SQLUUID?
    public var walletAddress: String?
    public var ip: String?
    public var userAgent: String?
    public var requestID: String?
    public var details: JSONValue?

    public init(
        action: AuditAction, outcome: AuditOutcome, reason: String? = nil,
        customerID: Int64? = nil, sessionID: SQLUUID? = nil, walletAddress: String? = nil,
        ip: String? = nil, userAgent: String? = nil, requestID: String? = nil,
        details: JSONValue? = nil
    ) {
        self.action = action
        self.outcome = outcome
        self.reason = reason
        self.customerID = customerID
        self.sessionID = sessionID
        self.walletAddress = walletAddress
        self.ip = ip
        self.userAgent = userAgent
        self.requestID = requestID
        self.details = details
    }

    /// An `INSERT` of one row: a statement of its own, or a part of another in
    /// `WITH audited AS (…)`, so that deed and record are one commit.
    public func insertion(at moment: Timestamp) -> SQL {
        insertion(at: moment, selecting: "\(sessionID), \(customerID)")
    }

    /// An `INSERT` of a row for each row of another query, whose session and customer it takes:
    /// none when nothing was done.
    ///
    /// - Parameter source: what follows `SELECT`: two columns, the session's id and the
    ///   customer's, and where they come from, as `session_id, customer_id FROM ended`.
    public func insertion(at moment: Timestamp, selecting source: SQL) -> SQL {
        """
        INSERT INTO audit_log (at, action, outcome, reason, wallet_address, ip, user_agent,
            request_id, details, session_id, customer_id)
        SELECT \(moment), \(action.rawValue), \(outcome.rawValue), \(Self.bounded(reason)),
            \(Self.bounded(walletAddress)), \(Self.bounded(ip)), \(Self.bounded(userAgent)),
            \(Self.bounded(requestID)), \(details), \(sql: source)
        """
    }

    /// PostgreSQL's `text` holds no U+0000, and no client shall keep a record from being written.
    private static func bounded(_ text: String?) -> String? {
        guard let text else { return nil }
        if text.utf8.count <= textLimit, !text.utf8.contains(0) { return text }  // Nearly always.
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.prefix(textLimit).filter { $0 != "\0" })
        return String(kept)
    }
}
