/// Problems of use and invoices.
extension ProblemCode {
    /// Nil for a problem of another kind.
    var billingExplanation: ProblemExplanation? {
        switch self {
        case .invoiceUnknown:
            ProblemExplanation(
                "There is no such invoice",
                "No invoice of the customer who is signed in has this id.",
                do: "Take `invoiceId` from the list of invoices.")
        default: nil
        }
    }
}
