import Determinism
import Identifiers
import Storage
import SuiProtocol

/// An operation with its account's facts, to be put into a transaction.
struct EngineRow: SQLRow {
    /// `sequence` is the number that was signed, or else the account's next. An account whose first
    /// version is not known has 0: its operations can be withdrawn, and not put into a transaction.
    static let columns: SQL = """
        c.charge_id, c.kind, c.account_id, coalesce(c.sequence, a.sequence + 1),
        c.amount_micro_usdc, c.reference, c.attempts,
        coalesce(a.initial_shared_version, 0), c.is_fenced, c.state
        """

    var operation: EngineOperation
    var isFenced: Bool
    var isPlanned: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextChargeID()
        let kind = Charge.Kind(rawValue: try columns.next())
        let account = try columns.nextAccountID()
        let sequence: Int64 = try columns.next()
        let amount = try columns.nextAmount()
        let reference = ChargeReference(bytes: try columns.next())
        let attempts: Int64 = try columns.next()
        let sharedSince: Int64 = try columns.next()
        isFenced = try columns.next()
        let state: String = try columns.next()
        isPlanned = state == Charge.State.Name.planned.rawValue
        guard let kind, let reference else { throw .unexpectedValue(column: "reference") }
        operation = EngineOperation(
            fixed: .init(
                charge: id, account: account, sequence: sequence, amount: amount,
                reference: reference),
            kind: kind, sharedSince: UInt64(clamping: sharedSince), attempts: attempts)
    }
}

struct CancellationRow: SQLRow {
    var cancellation: Cancellation

    init(from columns: inout SQLColumns) throws(StorageError) {
        let row = try EngineRow(from: &columns)
        cancellation = Cancellation(
            operation: row.operation, isPlanned: row.isPlanned, signedAt: try columns.next())
    }
}

struct LaneRow: SQLRow {
    var coin: LaneCoin

    init(from columns: inout SQLColumns) throws(StorageError) {
        let reference = try columns.nextObject()
        let balance: Int64 = try columns.next()
        coin = LaneCoin(
            coin: GasCoin(reference: reference, balance: UInt64(clamping: balance)),
            isClaimed: try columns.next())
    }
}

struct LiveBatchRow: SQLRow {
    var batch: LiveBatch

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        let lineage: [UInt8] = try columns.next()
        guard let purpose = LiveBatch.Purpose(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "purpose")
        }
        batch = LiveBatch(
            digest: digest, lineage: lineage, purpose: purpose, gas: try columns.nextObject(),
            lastEpoch: try columns.next(), signedAt: try columns.next(),
            isWanted: try columns.next())
    }
}

/// A dead batch without its operations.
struct DeadBatchRow: SQLRow {
    var digest: TransactionDigest
    var lineage: [UInt8]
    var purpose: ChargeBatch.Purpose
    var signedAt: Timestamp
    var isConsumed: Bool
    /// We spent the gas ourselves.
    var isReleased: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        self.digest = digest
        lineage = try columns.next()
        guard let purpose = ChargeBatch.Purpose(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "purpose")
        }
        self.purpose = purpose
        signedAt = try columns.next()
        isConsumed = try columns.next()
        isReleased = try columns.next()
    }
}

/// A failure of one of a lineage's builds.
struct FailureRow: SQLRow {
    /// The operation that the failed command was of, if any.
    var named: ChargeID?
    var message: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id: SQLUUID? = try columns.next()
        named = id.flatMap { UUIDv7(bytes: $0.bytes) }.map(ChargeID.init)
        message = try columns.next()
    }
}

/// Signed bytes as they are sent.
struct SignedBytesRow: SQLRow {
    var bytes: [UInt8]
    var signature: [UInt8]

    init(from columns: inout SQLColumns) throws(StorageError) {
        bytes = try columns.next()
        signature = try columns.next()
    }
}

extension SQLColumns {
    /// Id, version and digest.
    mutating func nextObject() throws(StorageError) -> ObjectReference {
        let id = try nextAddress()
        let version: Int64 = try next()
        let digest: [UInt8] = try next()
        guard let digest = try? ObjectDigest(bytes: digest) else {
            throw .unexpectedValue(column: "gas_digest")
        }
        return ObjectReference(id: id, version: UInt64(clamping: version), digest: digest)
    }
}
