/// Why an invoice was made. Raw values stand in the database and in answers, and never change.
public enum InvoiceReason: String, Sendable, Hashable, CaseIterable {
    /// So much use had accrued.
    case threshold
    case monthEnd = "month_end"
    /// A service was enabled, changed or went on.
    case subscription
    /// A service stopped, and what was used until then is owed.
    case suspension
}

extension AccruedUse.Reason {
    var invoiceReason: InvoiceReason {
        switch self {
        case .threshold: .threshold
        case .monthEnd: .monthEnd
        }
    }
}
