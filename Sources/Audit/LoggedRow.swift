import Cryptography
import Storage

/// A row of `audit_log` as it is hashed: every value that the columns can hold can be read.
struct LoggedRow: SQLRow, Equatable {
    var auditID: Int64
    /// The clock of whoever acted.
    var at: DatabaseMoment?
    /// The database's clock when the row was inserted.
    var recordedAt: DatabaseMoment?
    var texts: [String?]
    var customerID: Int64?
    var sessionID: SQLUUID?

    /// In the order in which `init(from:)` reads and `hash` hashes.
    static let columns: SQL = """
        l.audit_id, l.at, l.recorded_at, l.action, l.outcome, l.reason, l.wallet_address, l.ip,
        l.user_agent, l.request_id, l.details::text, l.customer_id, l.session_id
        """

    init(from columns: inout SQLColumns) throws(StorageError) {
        try self.init(auditID: try columns.next(), from: &columns)
    }

    /// Reads on after the id.
    init(auditID: Int64, from columns: inout SQLColumns) throws(StorageError) {
        self.auditID = auditID
        at = try columns.next()
        recordedAt = try columns.next()
        texts = []
        for _ in 0..<8 { texts.append(try columns.next()) }
        customerID = try columns.next()
        sessionID = try columns.next()
    }

    /// SHA-256 of all that the row says.
    ///
    /// Layout: `sluice audit row 1`, a line feed, the id as 8 bytes, then for each further column
    /// in the order of ``columns`` a byte 0 for NULL, or 1, the length as 4 bytes and the content:
    /// 8 bytes of microseconds since 2000, UTF-8 text, 8 bytes for the customer, 16 for the
    /// session. All numbers big-endian. `details` are in PostgreSQL's own text form of `jsonb`.
    var hash: [UInt8] {
        var bytes = Array("sluice audit row 1\n".utf8)
        bytes.append(bigEndian: auditID)
        Self.append(at?.microseconds, to: &bytes)
        Self.append(recordedAt?.microseconds, to: &bytes)
        for text in texts { Self.append(text.map { Array($0.utf8) }, to: &bytes) }
        Self.append(customerID, to: &bytes)
        Self.append(sessionID?.bytes, to: &bytes)
        return SHA256.hash(bytes)
    }

    private static func append(_ number: Int64?, to bytes: inout [UInt8]) {
        let content = number.map { number in
            var content: [UInt8] = []
            content.append(bigEndian: number)
            return content
        }
        append(content, to: &bytes)
    }

    private static func append(_ content: [UInt8]?, to bytes: inout [UInt8]) {
        guard let content else { return bytes.append(0) }
        bytes.append(1)
        bytes.append(bigEndian: UInt32(clamping: content.count))
        bytes += content
    }
}

extension [UInt8] {
    mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
