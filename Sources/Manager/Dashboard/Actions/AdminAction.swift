import ByteCodecs

/// What an operator can do at the dashboard. Raw values stand in paths.
enum AdminAction: String, CaseIterable, Sendable {
    case runTask = "run-task"
    case retryCharge = "retry-charge"
    case replayQuarantine = "replay-quarantine"
    case acceptBreak = "accept-break"
    case refund
    case grantCredit = "grant-credit"
    case voidInvoice = "void-invoice"
    case suspendService = "suspend-service"
    case liftSuspension = "lift-suspension"
    case approve
    case refuse

    struct Field: Sendable {
        let name: String
        let label: String
    }

    var title: String {
        switch self {
        case .runTask: "Run a task now"
        case .retryCharge: "Ask for an operation again"
        case .replayQuarantine: "Read the quarantine again"
        case .acceptBreak: "Accept a break"
        case .refund: "Refund a charge"
        case .grantCredit: "Grant a credit"
        case .voidInvoice: "Void an invoice"
        case .suspendService: "Suspend a service"
        case .liftSuspension: "Lift a suspension"
        case .approve: "Approve"
        case .refuse: "Refuse"
        }
    }

    /// All of them are needed.
    var fields: [Field] {
        switch self {
        case .runTask: [Field(name: "task", label: "Task")]
        case .retryCharge: [Field(name: "charge", label: "Charge or refund")]
        case .replayQuarantine: [Field(name: "code", label: "Reason")]
        case .acceptBreak:
            [Field(name: "break", label: "Break"), Field(name: "reason", label: "What you found")]
        case .refund:
            [
                Field(name: "charge", label: "Charge"),
                Field(name: "amount", label: "Micro-USDC (1 USDC is 1000000)"),
                Field(name: "reason", label: "Why"),
            ]
        case .grantCredit:
            [
                Field(name: "customer", label: "Customer"),
                Field(name: "amount", label: "Micro-USDC (1 USDC is 1000000)"),
                Field(name: "reason", label: "Why"),
            ]
        case .voidInvoice:
            [Field(name: "invoice", label: "Invoice"), Field(name: "reason", label: "Why")]
        case .suspendService, .liftSuspension:
            [
                Field(name: "customer", label: "Customer"),
                Field(name: "service", label: "Service"), Field(name: "reason", label: "Why"),
            ]
        case .approve, .refuse: [Field(name: "approval", label: "Request")]
        }
    }

    /// What happens, for whoever is about to confirm it.
    var explanation: String {
        switch self {
        case .runTask:
            "The leading manager runs the task within a second or two, once it has ended a run that "
                + "is under way."
        case .retryCharge:
            "The engine stops waiting: it asks the chain for the operation's transaction, and sends "
                + "the very same bytes again where the chain does not know it. Nothing new is signed."
        case .replayQuarantine:
            "What waits for this reason (all: for whichever) is tried again, by the keys and the "
                + "horizon of today. What is a line by now is stored once for ever, metered and "
                + "billed; the rest stays."
        case .acceptBreak:
            "You have looked, and believe the chain. No figure changes. Once none of its breaks is "
                + "open, the account is charged again."
        case .refund:
            "The amount goes back to the customer's escrow account, out of the charger's float."
        case .grantCredit: "The amount is taken off the customer's next invoices."
        case .voidInvoice:
            "Nobody pays the invoice any more, and credits that it had taken are given back. What was "
                + "used stays invoiced by it."
        case .suspendService:
            "Within two seconds every edge answers 402 to the customer's keys for this service. The "
                + "customer cannot enable or change it until you lift this. What was used is still "
                + "invoiced; nothing is paid back, and a month that begins meanwhile costs nothing."
        case .liftSuspension:
            "The service is disabled then, and its customer may enable it again: without charge in "
                + "a month that is paid for, else for the days that are left of it."
        case .approve:
            "What was asked for is done at once. You cannot approve what you have asked for yourself."
        case .refuse: "What was asked for is not done. It can be asked for anew."
        }
    }

    /// Where the operator comes from, and goes back to.
    var page: String {
        switch self {
        case .runTask: "/runs"
        case .retryCharge, .refund: "/charges"
        case .replayQuarantine: "/quarantine"
        case .acceptBreak: "/breaks"
        case .grantCredit, .voidInvoice: "/invoices"
        case .suspendService, .liftSuspension: "/services"
        case .approve, .refuse: "/approvals"
        }
    }
}
