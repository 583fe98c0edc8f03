import Determinism
import Escrow
import Identifiers

/// One invoice beside its charges: what does not fit.
struct InvoiceComparison: Sendable {
    /// The task that marks what has settled comes every two seconds, and after a while away first
    /// has to catch up.
    static let graceMilliseconds: Int64 = 15 * 60_000

    /// The charge that the invoice names.
    struct Own: Hashable, Sendable {
        var charge: ChargeID
        var state: String
        var amount: MicroUSDC
        var account: AccountID
        /// Whether it was made for this invoice.
        var isForThis: Bool
    }

    /// One that has settled under the invoice's mark, whoever planned it.
    struct Settled: Hashable, Sendable {
        var charge: ChargeID
        var amount: MicroUSDC
        var account: AccountID
        var endedAt: Timestamp
        var refunded: MicroUSDC
    }

    var invoice: InvoiceID
    var state: String
    var total: MicroUSDC
    var own: Own?
    var settled: [Settled]

    private var isPaid: Bool { state == "paid" }

    /// What was taken and is not given back.
    private var kept: [Settled] { settled.filter { $0.refunded < $0.amount } }

    func discrepancies(at now: Timestamp) -> [Discrepancy] {
        [paidTwice, unsettled, unpaid(at: now)].compactMap(\.self) + amounts
    }

    private var paidTwice: Discrepancy? {
        guard kept.count > 1, let extra = kept.first(where: { $0.charge != own?.charge }) else {
            return nil
        }
        return discrepancy(
            .invoicePaidTwice, extra.account, extra.charge, expected: "1 settled charge",
            found: "\(kept.count)")
    }

    private var amounts: [Discrepancy] {
        var charges = kept.map { ($0.charge, $0.account, $0.amount) }
        if let own, own.isForThis, ["planned", "signed"].contains(own.state) {
            charges.append((own.charge, own.account, own.amount))
        }
        return charges.filter { $0.2 != total }.map { charge, account, amount in
            discrepancy(
                .invoiceAmount, account, charge, expected: total.description,
                found: amount.description)
        }
    }

    private var unsettled: Discrepancy? {
        guard isPaid, total > .zero else { return nil }
        if let own, own.isForThis, own.state == "settled" { return nil }
        let found = own.map { $0.isForThis ? $0.state : "a charge for something else" }
        return discrepancy(
            .invoiceUnsettled, own?.account, own?.charge, expected: "settled",
            found: found ?? "no charge")
    }

    private func unpaid(at now: Timestamp) -> Discrepancy? {
        let latest = now.adding(milliseconds: -Self.graceMilliseconds)
        guard !isPaid, let charge = kept.first(where: { $0.endedAt < latest }) else { return nil }
        return discrepancy(
            .invoiceUnpaid, charge.account, charge.charge, expected: "paid", found: state)
    }

    private func discrepancy(
        _ kind: Discrepancy.Kind, _ account: AccountID?, _ charge: ChargeID?, expected: String,
        found: String
    ) -> Discrepancy {
        Discrepancy(
            kind, "invoice \(invoice)", account: account, charge: charge, expected: expected,
            found: found)
    }
}
