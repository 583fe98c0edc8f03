public import Determinism
public import Identifiers
public import Storage

/// A row of `log_quarantine`: what came and was not taken as a line.
public struct QuarantinedMessage: SQLRow, Sendable {
    public let id: UUIDv7
    public let receivedAt: Timestamp
    /// Where it came in.
    public let source: String
    public let code: String
    public let detail: String?
    /// As it came; its first 8 KiB where ``isCut``.
    public let raw: [UInt8]
    public let isCut: Bool
    /// When it was taken as a line after all.
    public let replayedAt: Timestamp?

    public init(from columns: inout SQLColumns) throws(StorageError) {
        let id: SQLUUID = try columns.next()
        guard let id = UUIDv7(bytes: id.bytes) else {
            throw .unexpectedValue(column: "quarantine_id")
        }
        self.id = id
        receivedAt = try columns.next()
        source = try columns.next()
        code = try columns.next()
        detail = try columns.next()
        raw = try columns.next()
        isCut = try columns.next()
        replayedAt = try columns.next()
    }
}
