import ByteCodecs
import Determinism
import Escrow
import Identifiers
import SuiProtocol

extension ChargeStoryText {
    /// One object on one line.
    var json: String {
        let record = story.record
        let value: JSONValue = [
            "id": .string(record.id.description), "kind": .string(record.charge.kind.rawValue),
            "state": .string(record.charge.state.name.rawValue),
            "reason": Self.text(reason), "amount": .string(record.amount.description),
            "customerId": story.customer.map { .integer($0.number) } ?? .null,
            "account": .string(record.account.description),
            "accountFrozen": Self.text(story.freeze?.rawValue),
            "reference": .string(Hex.encode(record.reference.bytes)),
            "sequence": story.sequence.map { .integer($0) } ?? .null,
            "service": Self.text(story.service), "invoice": Self.text(story.invoice),
            "description": Self.text(story.description),
            "refundOf": Self.text(story.refundOf?.description),
            "duplicateOf": Self.text(story.duplicateOf?.description),
            "fenced": .bool(record.charge.isFenced), "adopted": .bool(story.isAdopted),
            "lastError": Self.text(story.lastError),
            "plannedAt": .string(story.plannedAt.rfc3339),
            "signedAt": Self.text(story.signedAt?.rfc3339),
            "endedAt": Self.text(story.endedAt?.rfc3339),
            "intents": .array(story.intents.map(Self.json)),
            "transactions": .array(story.attempts.map(json)),
            "events": .array(story.events.map(Self.json)),
            "postings": .array(story.postings.map(Self.json)),
            "refunds": .array(story.refunds.map { .string($0.id.description) }),
            "breaks": .array(story.breaks.map { .string($0.what.rawValue) }),
        ]
        return String(decoding: value.serialized(), as: UTF8.self)
    }

    private var reason: String? {
        switch story.record.charge.state {
        case .planned, .signed, .settled: nil
        case .declined(.insufficientBalance, _): "insufficient_balance"
        case .declined(.spendingLimit, _): "spending_limit"
        case .abandoned(let cause): cause.name.rawValue
        }
    }

    private static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    private static func json(_ intent: ChargeStory.Intent) -> JSONValue {
        [
            "caller": .string(intent.caller), "route": .string(intent.route),
            "key": .string(intent.key), "at": .string(intent.at.rfc3339),
        ]
    }

    private func json(_ attempt: ChargeStory.Attempt) -> JSONValue {
        let failure: JSONValue =
            attempt.failure.map { failure in
                [
                    "message": .string(failure.message),
                    "abortCode": failure.abortCode.map { .string(String($0)) } ?? .null,
                    "command": failure.command.map { .integer(Int64($0)) } ?? .null,
                ]
            } ?? .null
        return [
            "digest": .string(attempt.digest.description), "purpose": .string(attempt.purpose),
            "place": .integer(Int64(attempt.place)),
            "operations": .integer(Int64(attempt.operations)),
            "bytes": .string(Base64.encode(attempt.bytes)),
            "signature": .string(Base64.encode(attempt.signature)),
            "words": .array(sentences(attempt).map { .string($0) }),
            "gasObject": .string(attempt.gas.id.description),
            "gasVersion": .string(String(attempt.gas.version)),
            "lastEpoch": .integer(attempt.lastEpoch),
            "generation": .integer(attempt.generation), "signedAt": .string(attempt.at.rfc3339),
            "ran": .bool(ran(attempt)), "dead": .bool(attempt.isDead && !ran(attempt)),
            "failure": failure,
        ]
    }

    private static func json(_ event: ChargeStory.Event) -> JSONValue {
        [
            "digest": .string(event.id.transaction.description),
            "event": .integer(event.id.sequence), "name": .string(event.name),
            "checkpoint": .integer(event.checkpoint), "at": .string(event.at.rfc3339),
            "sequence": event.sequence.map { .integer($0) } ?? .null,
            "amount": text(event.amount?.description),
            "balanceAfter": text(event.balance?.description), "outcome": .bool(event.isOutcome),
        ]
    }

    private static func json(_ posting: ChargeStory.Posting) -> JSONValue {
        [
            "purpose": .string(posting.purpose.rawValue), "at": .string(posting.at.rfc3339),
            "debit": .string(posting.debit), "credit": .string(posting.credit),
            "amount": .string(posting.amount.description),
            "digest": text(posting.event?.transaction.description),
            "event": posting.event.map { .integer($0.sequence) } ?? .null,
        ]
    }
}
