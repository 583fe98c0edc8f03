import Identifiers

/// Compares a charge with what is set aside for it. Pure.
struct HoldComparison: Sendable {
    var charge: ChargeID
    var account: AccountID
    var state: Charge.State.Name
    var isAdopted: Bool
    var amount: Int64
    /// What came in as its hold; nil for none.
    var held: Int64?
    /// What left again; nil while it is held.
    var ended: Int64?

    var discrepancy: Discrepancy? {
        if isAdopted { return held == nil ? nil : differs("hold", "none", held) }
        guard let held else {
            return Discrepancy(
                .missingInLedger, "hold", account: account, charge: charge,
                expected: String(amount))
        }
        if held != amount { return differs("hold", String(amount), held, .amount) }
        switch (state.isFinal, ended) {
        case (false, nil): return nil
        case (true, .some(let left)):
            return left == amount ? nil : differs("end of hold", String(amount), left, .amount)
        case (false, .some(let left)): return differs("end of hold", "still held", left)
        case (true, nil): return differs("end of hold", String(amount), nil)
        }
    }

    private func differs(
        _ what: String, _ expected: String, _ found: Int64?, _ kind: Discrepancy.Kind = .state
    ) -> Discrepancy {
        Discrepancy(
            kind, what, account: account, charge: charge, expected: expected,
            found: found.map(String.init))
    }
}
