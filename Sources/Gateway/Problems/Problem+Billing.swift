import Billing

extension Problem {
    init(_ error: BillingReadError) {
        switch error {
        case .invoiceUnknown: self.init(.invoiceUnknown, "No invoice of yours has this id.")
        case .storage: self = .storageUnavailable
        }
    }
}
