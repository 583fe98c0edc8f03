import Determinism
import Escrow
import Identifiers
import Storage

/// Plans charges for invoices and notes what becomes of them. All in the caller's transaction, so
/// that no charge is without an invoice that knows of it.
struct InvoiceCharging: Sendable {
    /// A charge that was declined or given up is tried anew after 5, 10, 20, … seconds, at most an
    /// hour; a declined one at once when the account has been paid into or its limit has changed.
    private static let firstWaitMilliseconds: Int64 = 5_000
    static let longestWaitMilliseconds: Int64 = 3_600_000

    let surroundings: Surroundings

    /// What was decided of some invoices.
    struct Outcome: Sendable {
        var charges: [ChargeID] = []
        var refused: [(invoice: InvoiceID, error: ChargeError)] = []

        var planned: Int64 { Int64(charges.count) }
    }

    /// The invoices' rows are locked, or were made by the same transaction.
    func plan(
        _ invoices: [Invoice], in transaction: Transaction
    ) async throws(StorageError) -> Outcome {
        guard !invoices.isEmpty else { return Outcome() }
        let results = try await Charges.plan(
            invoices.map { invoice in
                InvoiceCharge(
                    invoice: invoice.id.uuid, customer: invoice.customer, amount: invoice.total,
                    description: NewInvoice.description(of: invoice.id))
            }, as: NewInvoice.service, in: transaction, surroundings: surroundings)
        var outcome = Outcome()
        var changes: [InvoiceChange] = []
        for (invoice, result) in zip(invoices, results) {
            switch result {
            case .success(let charge):
                if let change = Self.change(of: invoice, on: .chargePlanned(charge)) {
                    changes.append(change)
                    outcome.charges.append(charge)
                }
            case .failure(let error): outcome.refused.append((invoice.id, error))
            }
        }
        try await transaction.store(changes, at: surroundings.now())
        return outcome
    }

    /// - Returns: what settled, was declined and was given up, and how many rows there were.
    func follow(
        limit: Int, in transaction: Transaction
    ) async throws(StorageError) -> (settled: Int64, failed: Int64, count: Int) {
        let rows = try await transaction.lockOutcomes(limit: limit)
        let now = surroundings.now()
        var changes: [InvoiceID: InvoiceChange] = [:]
        // What has settled counts before what else became of the same invoice.
        for row in rows.sorted(by: { $0.state == "settled" && $1.state != "settled" }) {
            guard let event = row.event, changes[row.standing.invoice.id] == nil,
                var change = Self.change(of: row.standing.invoice, on: event)
            else { continue }
            if case .paid = change.invoice.state {
            } else {
                change.chargeAfter = now.adding(milliseconds: wait(after: row.standing))
            }
            changes[change.invoice.id] = change
        }
        try await transaction.store(Array(changes.values), at: now)
        let settled = changes.values.count { change in
            if case .paid = change.invoice.state { true } else { false }
        }
        return (Int64(settled), Int64(changes.count - settled), rows.count)
    }

    private func wait(after standing: InvoiceStandingRow) -> Int64 {
        let doublings = min(max(0, standing.chargeCount - 1), 20)
        return min(
            Self.firstWaitMilliseconds << doublings, Self.longestWaitMilliseconds)
    }

    /// Nil where the event does not fit, or changes nothing.
    private static func change(of invoice: Invoice, on event: Invoice.Event) -> InvoiceChange? {
        var after = invoice
        guard (try? after.handle(event)) != nil, after.state != invoice.state else { return nil }
        return InvoiceChange(invoice: after, from: invoice.state)
    }
}
