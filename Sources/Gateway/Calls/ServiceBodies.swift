import Billing
import ByteCodecs
import Determinism
import Identifiers
import Services

extension JSONValue {
    init(_ standing: ServiceStanding) {
        let subscription = standing.subscription
        self = [
            "type": .string(subscription.service.rawValue),
            "state": .string(subscription.state.rawValue),
            "configuration": subscription.configuration.map { JSONValue($0) } ?? .null,
            "scheduled": subscription.scheduled.map { JSONValue($0) } ?? .null,
            "monthlyMicroUsdc": standing.monthly.map { .amount($0) } ?? .null,
            "paidUntil": .optionalTime(subscription.paid?.month.end),
            "createdAt": .optionalTime(standing.createdAt),
            "changedAt": .optionalTime(standing.changedAt),
        ]
    }

    fileprivate init(_ configuration: ServiceConfiguration) {
        self = [
            "tier": .string(configuration.tier.rawValue),
            "options": [
                "burst": .bool(configuration.hasBurst),
                "sealKeys": .integer(configuration.sealKeys),
                "packagesPerKey": .integer(configuration.packagesPerKey),
                "apiKeys": .integer(configuration.apiKeys),
            ],
        ]
    }

    fileprivate init(_ scheduled: ScheduledConfiguration) {
        self = [
            "from": .time(scheduled.from.start),
            "configuration": JSONValue(scheduled.configuration),
        ]
    }

    init(_ quote: ServiceQuote) {
        var body = JSONObject(quote.change)
        body["allowed"] = .bool(quote.refusal == nil)
        if let refusal = quote.refusal { body["error"] = JSONValue(told: Problem(refusal)) }
        self = .object(body)
    }

    init(_ outcome: SubscriptionOutcome) {
        var body = JSONObject(outcome.change)
        body["service"] = JSONValue(outcome.standing)
        body["invoiceId"] = .optional(outcome.invoice?.description)
        body["chargeId"] = .optional(outcome.charge?.description)
        self = .object(body)
    }

    /// What is still known of a change whose answer is no longer kept.
    init(forgotten standing: ServiceStanding, invoice: InvoiceID?) {
        self = [
            "effect": "forgotten", "effectiveFrom": .null,
            "monthlyMicroUsdc": .amount(standing.monthly ?? .zero), "chargeNowMicroUsdc": "0",
            "items": [], "lines": [], "service": JSONValue(standing),
            "invoiceId": .optional(invoice?.description), "chargeId": .null,
        ]
    }

    /// A problem within an answer that is none.
    private init(told problem: Problem) {
        var body: JSONObject = [
            "code": .string(problem.code.rawValue),
            "title": .string(problem.code.explanation.title), "detail": .string(problem.detail),
        ]
        for member in problem.members.members { body[member.name] = member.value }
        self = .object(body)
    }
}

extension JSONObject {
    /// What a quote and the change itself have in common.
    fileprivate init(_ change: SubscriptionChange) {
        self.init([])
        self["effect"] = .string(change.effect.name)
        self["effectiveFrom"] = .optionalTime(change.effect.month?.start)
        self["monthlyMicroUsdc"] = .amount(change.monthly)
        self["chargeNowMicroUsdc"] = .amount(change.chargeNow)
        self["items"] = .array(change.items.map { JSONValue($0) })
        self["lines"] = .array(change.lines.compactMap { JSONValue($0) })
    }
}

extension SubscriptionChange.Effect {
    static let names = ["immediate", "scheduled", "stored"]

    fileprivate var name: String {
        switch self {
        case .immediate: "immediate"
        case .scheduled: "scheduled"
        case .stored: "stored"
        }
    }

    fileprivate var month: Month? {
        guard case .scheduled(let month) = self else { return nil }
        return month
    }
}

extension JSONValue {
    fileprivate init(_ item: FeeItem) {
        self = [
            "kind": .string(item.kind.rawValue), "quantity": .integer(item.quantity),
            "unitMicroUsdc": .amount(item.unit), "monthlyMicroUsdc": .amount(item.monthly),
        ]
    }

    /// Nil for what a change of a subscription never has. Amounts have no sign: the kind says what
    /// is taken off.
    fileprivate init?(_ line: InvoiceLine) {
        let (kind, fee): (String, BaseFeeCharge)
        switch line.basis {
        case .baseFee(let charge): (kind, fee) = ("base_fee", charge)
        case .baseFeeReturned(let charge): (kind, fee) = ("base_fee_returned", charge)
        case .usage, .lateUsage, .credit: return nil
        }
        self = [
            "kind": .string(kind), "month": .string(fee.days.month.description),
            "firstDay": .integer(fee.days.days.lowerBound + 1),
            "days": .integer(Int64(fee.days.days.count)),
            "configuration": JSONValue(fee.configuration),
            "amountMicroUsdc": .amount(MicroUSDC(Int64(clamping: line.amount.units.magnitude))),
        ]
    }
}
