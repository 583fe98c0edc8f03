import Determinism
import Identifiers
import Storage
import SuiProtocol

struct ChargeStoryRow: SQLRow {
    var record: ChargeRecord
    var customer: Int64?
    var service: String?
    var invoice: String?
    var description: String?
    var refundOf: ChargeID?
    var duplicateOf: ChargeID?
    var isAdopted: Bool
    var lastError: String?
    var plannedAt: Timestamp
    var signedAt: Timestamp?
    var endedAt: Timestamp?
    var sequence: Int64?
    var frozenFor: String?

    init(from columns: inout SQLColumns) throws(StorageError) {
        record = try ChargeRow(from: &columns).record
        customer = try columns.next()
        service = try columns.next()
        invoice = try columns.next()
        description = try columns.next()
        refundOf = try columns.nextChargeIDIfAny()
        duplicateOf = try columns.nextChargeIDIfAny()
        isAdopted = try columns.next()
        lastError = try columns.next()
        plannedAt = try columns.next()
        signedAt = try columns.next()
        endedAt = try columns.next()
        sequence = try columns.next()
        frozenFor = try columns.next()
    }
}

struct IntentRow: SQLRow {
    var intent: ChargeStory.Intent

    init(from columns: inout SQLColumns) throws(StorageError) {
        intent = ChargeStory.Intent(
            caller: try columns.next(), route: try columns.next(), key: try columns.next(),
            at: try columns.next())
    }
}

struct AttemptRow: SQLRow {
    var attempt: ChargeStory.Attempt

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let digest = try columns.nextDigest() else {
            throw .unexpectedValue(column: "digest")
        }
        let purpose: String = try columns.next()
        let place: Int = try columns.next()
        let operations: Int = try columns.next()
        let bytes: [UInt8] = try columns.next()
        let signature: [UInt8] = try columns.next()
        let gas = try Self.gas(&columns)
        attempt = ChargeStory.Attempt(
            digest: digest, purpose: purpose, place: place, operations: operations, bytes: bytes,
            signature: signature, gas: gas, lastEpoch: try columns.next(),
            generation: try columns.next(), at: try columns.next(), isDead: try columns.next(),
            failure: try Self.failure(&columns))
    }

    private static func gas(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> ObjectReference {
        let id = try columns.nextAddress()
        let version: Int64 = try columns.next()
        let bytes: [UInt8] = try columns.next()
        guard let digest = try? ObjectDigest(bytes: bytes) else {
            throw .unexpectedValue(column: "gas_digest")
        }
        return ObjectReference(id: id, version: UInt64(clamping: version), digest: digest)
    }

    private static func failure(
        _ columns: inout SQLColumns
    ) throws(StorageError) -> NodeFailure? {
        let message: String? = try columns.next()
        let code: Int64? = try columns.next()
        let command: Int? = try columns.next()
        return message.map {
            NodeFailure(
                message: $0, abortCode: code.map { UInt64(clamping: $0) }, command: command)
        }
    }
}

struct StoryEventRow: SQLRow {
    var event: ChargeStory.Event

    init(from columns: inout SQLColumns) throws(StorageError) {
        let id = try columns.nextEventID()
        let name: String = try columns.next()
        let checkpoint: Int64 = try columns.next()
        let at: Timestamp = try columns.next()
        let sequence: Int64? = try columns.next()
        let amount: Int64? = try columns.next()
        let balance: Int64? = try columns.next()
        event = ChargeStory.Event(
            id: id, name: name, checkpoint: checkpoint, at: at, sequence: sequence,
            amount: amount.map(MicroUSDC.init), balance: balance.map(MicroUSDC.init),
            isOutcome: try columns.next())
    }
}

struct PostingRow: SQLRow {
    var posting: ChargeStory.Posting

    init(from columns: inout SQLColumns) throws(StorageError) {
        guard let purpose = LedgerEntry.Purpose(rawValue: try columns.next()) else {
            throw .unexpectedValue(column: "purpose")
        }
        let at: Timestamp = try columns.next()
        let debit: String = try columns.next()
        let credit: String = try columns.next()
        let amount = try columns.nextAmount()
        let digest = try columns.nextDigest()
        let place: Int64? = try columns.next()
        let event: EventID? =
            if let digest, let place { EventID(transaction: digest, sequence: place) } else { nil }
        posting = ChargeStory.Posting(
            purpose: purpose, at: at, debit: debit, credit: credit, amount: amount, event: event)
    }
}
