public import Determinism
public import Identifiers
public import Storage
import SuiProtocol

extension Charges {
    /// Plans charges for many invoices at once, in the transaction that says so on the invoices: so
    /// no key is needed that would find a charge again whose invoice does not know of it.
    ///
    /// The same rules hold as for one. Of several on one account each counts as held for the next;
    /// of several for one invoice the first that is planned is the only one.
    ///
    /// - Parameter service: the obligation is its invoice: what it plans twice is planned once.
    /// - Returns: for each, in the same order, its charge or why there is none. A refusal leaves the
    ///   others as they are.
    public static func plan(
        _ charges: [InvoiceCharge], as service: String, in transaction: Transaction,
        surroundings: Surroundings
    ) async throws(StorageError) -> [Result<ChargeID, ChargeError>] {
        let now = surroundings.now()
        var accounts = try await transaction.lockAccounts(
            ofCustomers: Set(charges.map(\.customer)))
        var live = try await transaction.liveCharges(
            ofInvoices: charges.map(\.invoice), service: service)
        var planned: [PlannedCharge] = []
        var outcomes: [Result<ChargeID, ChargeError>] = []
        for charge in charges {
            let decision = decide(charge, accounts[charge.customer], live[charge.invoice], now)
            guard case .success(let row) = decision else {
                outcomes.append(decision.map { _ in ChargeID(from: surroundings) })
                continue
            }
            let id = ChargeID(from: surroundings)
            planned.append(PlannedCharge(charge, id: id, account: row.mirror.id, by: service))
            accounts[charge.customer]?.held = MicroUSDC(row.held.units + charge.amount.units)
            live[charge.invoice] = id
            outcomes.append(.success(id))
        }
        try await transaction.insertCharges(planned, service: service, at: now)
        return outcomes
    }

    private static func decide(
        _ charge: InvoiceCharge, _ row: AccountRow?, _ live: ChargeID?, _ now: Timestamp
    ) -> Result<AccountRow, ChargeError> {
        guard charge.amount > .zero else { return .failure(.amountInvalid) }
        guard let row else { return .failure(.accountMissing) }
        if let live { return .failure(.alreadyCharged(live)) }
        if let refusal = refusal(row, charge.amount, at: now) { return .failure(refusal) }
        return .success(row)
    }
}

/// A charge that is to be written, with its reference.
struct PlannedCharge: Sendable {
    let charge: InvoiceCharge
    let id: ChargeID
    let account: AccountID
    let mark: [UInt8]

    init(_ charge: InvoiceCharge, id: ChargeID, account: AccountID, by service: String) {
        self.charge = charge
        self.id = id
        self.account = account
        mark = InvoiceCharge.mark(of: charge.invoice, service: service)
    }
}
