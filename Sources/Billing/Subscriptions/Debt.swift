public import Identifiers

/// What a customer owes, by invoice.
public struct Debt: Hashable, Sendable {
    /// One whose charge was declined.
    public struct PastDue: Hashable, Sendable {
        public let invoice: InvoiceID
        public let amount: MicroUSDC

        public init(_ invoice: InvoiceID, _ amount: MicroUSDC) {
            self.invoice = invoice
            self.amount = amount
        }
    }

    /// The oldest first.
    public let pastDue: [PastDue]
    /// Use that stands on no closed invoice.
    public let hasOpenUse: Bool
    /// An invoice is closed or being charged, so that its outcome is to come.
    public let hasUnsettled: Bool

    public init(pastDue: [PastDue], hasOpenUse: Bool, hasUnsettled: Bool) {
        self.pastDue = pastDue
        self.hasOpenUse = hasOpenUse
        self.hasUnsettled = hasUnsettled
    }

    var isNone: Bool { pastDue.isEmpty && !hasOpenUse && !hasUnsettled }
}
