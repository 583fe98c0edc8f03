import Billing
import ByteCodecs
import Determinism
import Identifiers
import Services

extension JSONValue {
    init(_ item: UsageReport.Item) {
        self = [
            "start": .time(item.start), "serviceType": .string(item.service.rawValue),
            "requests": .integer(item.requests),
            "successfulRequests": .integer(item.successful),
            "bytesIn": .integer(item.bytesIn), "bytesOut": .integer(item.bytesOut),
            "costMicroUsdc": item.cost.map { .amount($0) } ?? .null,
        ]
    }

    init(_ invoice: StoredInvoice) {
        let charge: JSONValue =
            invoice.charge.map { charge in
                [
                    "chargeId": .string(charge.id.description), "state": .string(charge.state),
                    "digest": .optional(charge.digest),
                    "checkpoint": .optional(charge.checkpoint),
                ]
            } ?? .null
        self = [
            "invoiceId": .string(invoice.id.description),
            "state": .string(invoice.state.name),
            "reason": .string(invoice.reason.rawValue),
            "totalMicroUsdc": .amount(invoice.total),
            "priceVersion": .integer(invoice.priceVersion),
            "openedAt": .time(invoice.openedAt), "closedAt": .optionalTime(invoice.closedAt),
            "endedAt": .optionalTime(invoice.endedAt), "charge": charge,
        ]
    }

    /// A credit and what is returned lower the total: the amount is told without a sign, and the
    /// kind says which way it goes.
    init(_ stored: StoredLine) {
        let line = stored.line
        var body: JSONObject = [
            "line": .integer(stored.number), "kind": .string(line.kind.rawValue),
            "isDeduction": .bool(line.kind == .credit || line.kind == .baseFeeReturned),
            "amountMicroUsdc": .amount(MicroUSDC(Int64(clamping: line.amount.units.magnitude))),
            "usage": .null, "baseFee": .null, "creditId": .null,
        ]
        switch line.basis {
        case .usage(let charge), .lateUsage(let charge): body["usage"] = Self.usage(charge)
        case .baseFee(let charge), .baseFeeReturned(let charge):
            body["baseFee"] = Self.fee(charge)
        case .credit(let id): body["creditId"] = .string(id.description)
        }
        self = .object(body)
    }

    private static func usage(_ charge: UsageCharge) -> JSONValue {
        [
            "serviceType": .string(charge.group.service.rawValue),
            "tier": .string(charge.group.tier.rawValue),
            "month": .string(charge.group.month.description),
            "priceVersion": .integer(charge.group.priceVersion),
            "requestsBefore": .integer(charge.before),
            "requests": .integer((try? charge.count()) ?? 0),
            "hours": .array(
                charge.parts.map { part in
                    [
                        "hour": .time(part.hour.start), "from": .integer(part.from),
                        "through": .integer(part.through),
                    ]
                }),
        ]
    }

    private static func fee(_ charge: BaseFeeCharge) -> JSONValue {
        let chosen = charge.configuration
        return [
            "serviceType": .string(charge.service.rawValue),
            "tier": .string(chosen.tier.rawValue), "burst": .bool(chosen.hasBurst),
            "sealKeys": .integer(chosen.sealKeys),
            "packagesPerKey": .integer(chosen.packagesPerKey),
            "apiKeys": .integer(chosen.apiKeys),
            "month": .string(charge.days.month.description),
            "firstDay": .integer(charge.days.days.lowerBound + 1),
            "lastDay": .integer(charge.days.days.upperBound),
            "priceVersion": .integer(charge.priceVersion),
        ]
    }
}
