import ByteCodecs
import Determinism
import Escrow
import Identifiers
import SuiProtocol

extension JSONValue {
    static func amount(_ amount: MicroUSDC) -> JSONValue { .string(amount.description) }

    static func optional(_ number: Int64?) -> JSONValue { number.map { .integer($0) } ?? .null }

    static func optionalTime(_ moment: Timestamp?) -> JSONValue { moment.map(time) ?? .null }

    fileprivate static func superseding(
        _ other: ChargeDetails.Superseding?, idName: String
    ) -> JSONValue {
        guard let other else { return .null }
        var body: JSONObject = [
            "state": .string(other.state.rawValue), "digest": .string(other.digest.description),
        ]
        body[idName] = .string(other.id.description)
        return .object(body)
    }

    /// - Parameter now: what lateness is measured by.
    init(charge details: ChargeDetails, at now: Timestamp) {
        var body: JSONObject = [
            "chargeId": .string(details.id.description),
            "state": .string(details.progress.state.rawValue),
            "customerId": .optional(details.customer?.number),
            "accountId": .string(details.account.description),
            "amountMicroUsdc": .amount(details.amount),
            "description": .optional(details.description),
            "invoiceId": .optional(details.invoice),
        ]
        body.append(details, idName: "chargeId", at: now)
        body["declineReason"] = .optional(details.progress.declineCause?.code)
        self = .object(body)
    }

    init(refund details: ChargeDetails, at now: Timestamp) {
        var body: JSONObject = [
            "refundId": .string(details.id.description),
            "state": .string(details.progress.state.rawValue),
            "chargeId": .optional(details.refundOf?.description),
            "customerId": .optional(details.customer?.number),
            "accountId": .string(details.account.description),
            "amountMicroUsdc": .amount(details.amount),
            "reason": .optional(details.description),
        ]
        body.append(details, idName: "refundId", at: now)
        self = .object(body)
    }
}

extension JSONObject {
    /// What charges and refunds have in common.
    fileprivate mutating func append(
        _ details: ChargeDetails, idName: String, at now: Timestamp
    ) {
        let progress = details.progress
        self["service"] = .optional(details.service)
        self["overdue"] = .bool(details.isOverdue(at: now))
        self["seq"] = .optional(progress.sequence)
        self["digest"] = .optional(progress.digest?.description)
        self["checkpoint"] = .optional(progress.checkpoint)
        self["attempts"] = .integer(progress.attempts)
        self["lastError"] = .optional(progress.lastError)
        self["abandonReason"] = .optional(progress.abandonCause?.rawValue)
        self["supersededBy"] = .superseding(progress.supersededBy, idName: idName)
        self["plannedAt"] = .time(progress.plannedAt)
        self["signedAt"] = .optionalTime(progress.signedAt)
        self["endedAt"] = .optionalTime(progress.endedAt)
    }
}

extension Charge.DeclineCause {
    /// The code with which a charge is refused for the same cause before it is planned.
    var code: String {
        switch self {
        case .insufficientBalance: ProblemCode.insufficientBalance.rawValue
        case .spendingLimit: ProblemCode.monthlyLimitExceeded.rawValue
        }
    }
}
