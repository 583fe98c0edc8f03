import Billing
import ByteCodecs
import Escrow
import Identifiers

/// Something that moves money, or lets it be moved.
enum Deed: Hashable, Sendable {
    case refund(ChargeID, MicroUSDC, reason: String)
    case grantCredit(CustomerID, MicroUSDC, reason: String)
    case acceptBreak(Int64, reason: String)
    case voidInvoice(InvoiceID, reason: String)

    struct Refusal: Error {
        let outcome: ActionOutcome
    }

    /// Or forgives it. To accept a break lets an account be charged again, and no more.
    var movesMoney: Bool {
        switch self {
        case .refund, .grantCredit, .voidInvoice: true
        case .acceptBreak: false
        }
    }

    /// As it stands in `approvals`.
    var name: String {
        switch self {
        case .refund: "refund"
        case .grantCredit: "grant_credit"
        case .acceptBreak: "accept_break"
        case .voidInvoice: "void_invoice"
        }
    }

    var fields: JSONValue {
        switch self {
        case .refund(let charge, let amount, let reason):
            [
                "charge": .string("\(charge)"), "amount": .string("\(amount.units)"),
                "reason": .string(reason),
            ]
        case .grantCredit(let customer, let amount, let reason):
            [
                "customer": .string("\(customer.number)"), "amount": .string("\(amount.units)"),
                "reason": .string(reason),
            ]
        case .acceptBreak(let number, let reason):
            ["break": .string("\(number)"), "reason": .string(reason)]
        case .voidInvoice(let invoice, let reason):
            ["invoice": .string("\(invoice)"), "reason": .string(reason)]
        }
    }

    private static let actions: [String: AdminAction] = [
        "refund": .refund, "grant_credit": .grantCredit, "accept_break": .acceptBreak,
        "void_invoice": .voidInvoice,
    ]

    /// As it was stored.
    init?(name: String, fields: JSONValue) {
        guard case .object(let object) = fields,
            let action = Self.actions[name]
        else { return nil }
        var values: [String: String] = [:]
        for member in object.members {
            if case .string(let text) = member.value { values[member.name] = text }
        }
        guard case .success(let deed) = Self.parse(action, FormFields(values: values)) else {
            return nil
        }
        self = deed
    }

    static func parse(_ action: AdminAction, _ fields: FormFields) -> Result<Deed, Refusal> {
        func refused(_ name: String, _ expected: String) -> Result<Deed, Refusal> {
            .failure(Refusal(outcome: .invalid(name, expected)))
        }
        guard let reason = fields.reason else { return .failure(Refusal(outcome: .reasonInvalid)) }
        if action == .acceptBreak {
            guard let number = Int64(fields["break"] ?? ""), number > 0 else {
                return refused("break", "a break's number")
            }
            return .success(.acceptBreak(number, reason: reason))
        }
        if action == .voidInvoice {
            guard let invoice = InvoiceID(fields["invoice"] ?? "") else {
                return refused("invoice", "an invoice's id")
            }
            return .success(.voidInvoice(invoice, reason: reason))
        }
        guard let amount = try? MicroUSDC(moving: fields["amount"] ?? "") else {
            return refused("amount", "a number of micro-USDC above zero")
        }
        if action == .refund {
            guard let charge = ChargeID(fields["charge"] ?? "") else {
                return refused("charge", "a charge's id")
            }
            return .success(.refund(charge, amount, reason: reason))
        }
        guard let customer = Int64(fields["customer"] ?? "").flatMap(CustomerID.init) else {
            return refused("customer", "a customer's number")
        }
        return .success(.grantCredit(customer, amount, reason: reason))
    }
}
