public import Identifiers

/// Something that chain, ledger and charges do not agree about.
public struct Discrepancy: Hashable, Sendable {
    /// Raw values stand in reports and never change.
    public enum Kind: String, Sendable, CaseIterable {
        case missingOnChain = "missing_on_chain"
        case missingInLedger = "missing_in_ledger"
        case amount
        case account
        case state
        case orphanEvent = "orphan_event"
        /// More than one charge for an invoice has settled, and was not refunded.
        case invoicePaidTwice = "invoice_paid_twice"
        /// A charge for an invoice is of another amount.
        case invoiceAmount = "invoice_amount"
        /// An invoice is paid, and no charge for it has settled.
        case invoiceUnsettled = "invoice_unsettled"
        /// A charge has settled, and its invoice is not paid.
        case invoiceUnpaid = "invoice_unpaid"

        /// What only the chain has, or only the database: something was lost, or somebody else
        /// signed. All others are a single account's, which is charged no more by itself.
        static let decisive: [Kind] = [.orphanEvent, .missingInLedger, .missingOnChain]
    }

    public let kind: Kind
    /// What is compared, in words: `balance`, `entry charge`.
    public let what: String
    public let account: AccountID?
    public let event: EventID?
    public let charge: ChargeID?
    /// As the source that counts more has it; nil where it has nothing.
    public let expected: String?
    /// As the other has it; nil where it has nothing.
    public let found: String?
    /// Whether `--repair` can derive what is right.
    public let isDerivable: Bool

    public init(
        _ kind: Kind, _ what: String, account: AccountID? = nil, event: EventID? = nil,
        charge: ChargeID? = nil, expected: String? = nil, found: String? = nil,
        isDerivable: Bool = false
    ) {
        self.kind = kind
        self.what = what
        self.account = account
        self.event = event
        self.charge = charge
        self.expected = expected
        self.found = found
        self.isDerivable = isDerivable
    }

    /// What a person does about it.
    public var nextStep: String {
        if isDerivable { return "run with --repair: it can be derived from the chain's events" }
        switch kind {
        case .missingOnChain:
            return "do not charge the account; compare the digest with a second node, then restore"
        case .missingInLedger:
            return "let the follower reach the tip; then run with --repair"
        case .amount:
            return
                "the chain's figure counts; look for who moved it, then run `sluice breaks accept`"
        case .account:
            return "compare the account on chain with what opened it; charge nothing on it"
        case .state:
            return "see `sluice charge show`; while it stays, the account is charged no more"
        case .orphanEvent:
            return "find who signed it; rotate the charger key unless a lost database explains it"
        case .invoicePaidTwice:
            return "see `sluice invoice show` and both charges; refund one of them at the dashboard"
        case .invoiceAmount:
            return
                "what was charged counts; see `sluice invoice show`; refund it, or grant a credit "
                + "over the difference"
        case .invoiceUnsettled:
            return "see `sluice charge show`; nothing was taken for it: find who marked it paid"
        case .invoiceUnpaid:
            return
                "see that the task overspend runs, which marks what has settled; where the invoice "
                + "is void, refund the charge"
        }
    }
}
