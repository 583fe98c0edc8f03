import Determinism
import Identifiers
import Storage
import SuiProtocol

/// A session with its customer, as every sign-in, refresh and list reads them.
struct SessionRow: SQLRow {
    var session: Session
    var customer: Customer

    /// The columns, in the order in which ``init(from:)`` takes them, of `sessions` as `s` and
    /// `customers` as `c`.
    static let columns: SQL = """
        s.session_id, s.created_at, s.last_used_at, s.expires_at, s.client_ip, s.user_agent,
        c.customer_id, c.wallet_address, c.status, c.display_name, c.created_at,
        \(sql: CustomerRow.escrowAccount)
        """

    init(from columns: inout SQLColumns) throws(StorageError) {
        session = Session(
            id: try columns.nextSessionID(), createdAt: try columns.next(),
            lastUsedAt: try columns.next(), expiresAt: try columns.next(),
            ip: try columns.next(), userAgent: try columns.next())
        customer = try CustomerRow(from: &columns).customer
    }
}
