import Determinism
import Escrow
import Identifiers
import Services
import Storage

/// Bills some customers in one transaction: what they used and what begins with the month becomes
/// invoices, sums are raised, charges planned; or nothing of it.
struct BillRun: Sendable {
    enum Cause: Sendable {
        /// Where so much has accrued, or the month is over.
        case due
        /// Whatever there is: a service has stopped.
        case suspension
    }

    /// What was done, and for whom it could not be.
    struct Summary: Sendable {
        var closed: Int64 = 0
        var planned: Int64 = 0
        var turned: Int64 = 0
        var refused: [(customer: CustomerID, problem: BillingProblem)] = []

        mutating func add(_ other: Summary) {
            closed += other.closed
            planned += other.planned
            turned += other.turned
            refused += other.refused
        }
    }

    let book: PriceBook
    let surroundings: Surroundings
    let cause: Cause

    private var charging: InvoiceCharging { InvoiceCharging(surroundings: surroundings) }

    /// - Parameter turnsMonth: also what begins with the month.
    func bill(
        _ customers: [CustomerID], turnsMonth: Bool, in transaction: Transaction
    ) async throws(StorageError) -> Summary {
        let now = surroundings.now()
        guard let version = book.version(at: now) else {
            return Summary(refused: [(customers[0], .noPrices)])
        }
        var summary = Summary()
        let turned =
            turnsMonth ? try await turn(customers, at: now, in: transaction, &summary) : [:]
        let read = try await read(customers, at: now, in: transaction)
        var plan = Plan()
        for (account, use) in zip(read.accounts, read.uses) {
            do throws(BillingProblem) {
                let turns = turned[account.customer] ?? []
                try add(
                    account, use, turns.flatMap(\.fees), read.credits[account.customer] ?? [],
                    version, to: &plan)
                plan.turns += turns
            } catch {
                summary.refused.append((account.customer, error))
            }
        }
        try await store(plan.turns, at: now, in: transaction)
        try await transaction.insert(plan.invoices)
        try await transaction.setCovered(plan.covered, through: now)
        try await transaction.setAccrued(plan.accrued)
        let outcome = try await charging.plan(
            plan.invoices.filter { !$0.isPaid }.map(\.asClosed), in: transaction)
        summary.refused += plan.unrated
        summary.closed = Int64(plan.invoices.count)
        summary.planned = outcome.planned
        summary.turned = Int64(plan.turns.count)
        return summary
    }

    private struct Plan {
        var turns: [Turn] = []
        var invoices: [NewInvoice] = []
        var covered: [CustomerID] = []
        var accrued: [(customer: CustomerID, amount: MicroUSDC)] = []
        var unrated: [(customer: CustomerID, problem: BillingProblem)] = []
    }

    private func add(
        _ account: BillingAccountRow, _ use: OpenUse, _ fees: [InvoiceLine], _ credits: [Credit],
        _ version: PriceVersion, to plan: inout Plan
    ) throws(BillingProblem) {
        let rated = use.rated(by: book)
        plan.unrated += rated.refused.map { (account.customer, .rating($0)) }
        let reason = reason(account, rated.cost, version)
        let taken = reason == nil ? fees : rated.lines + fees
        if !taken.isEmpty {
            do throws(InvoiceError) {
                plan.invoices.append(
                    try NewInvoice(
                        taken, credits: credits, to: account.customer,
                        because: reason ?? .monthEnd, priceVersion: version.number, surroundings))
            } catch {
                throw .invoice(error)
            }
        }
        if reason == nil {
            plan.accrued.append((account.customer, rated.cost))
        } else {
            plan.covered.append(account.customer)
        }
    }

    private func reason(
        _ account: BillingAccountRow, _ cost: MicroUSDC, _ version: PriceVersion
    ) -> InvoiceReason? {
        switch cause {
        case .suspension: .suspension
        case .due:
            AccruedUse(cost, coveredThrough: account.covered)
                .due(at: surroundings.now(), by: version)?.invoiceReason
        }
    }

    private func read(
        _ customers: [CustomerID], at now: Timestamp, in transaction: Transaction
    ) async throws(StorageError) -> (
        accounts: [BillingAccountRow], uses: [OpenUse], credits: [CustomerID: [Credit]]
    ) {
        let accounts = try await transaction.lockAccounts(customers, at: now)
        let sums = try await transaction.lockOpenSums(customers)
        let groups = try await transaction.invoicedGroups(customers, months: sums.months)
        let credits = try await transaction.lockCredits(customers)
        return (
            accounts, OpenUse.gather(accounts, sums, groups),
            Dictionary(grouping: credits, by: \.customer).mapValues { $0.map(\.credit) }
        )
    }

    // MARK: - The first of a month

    /// What begins with a month for an instance. Stored only beside the invoice of its fees: a month
    /// that counted as paid without one would never be found again.
    private struct Turn {
        let before: InstanceRow
        let after: InstanceRow
        let fees: [InvoiceLine]

        var isPaymentOnly: Bool {
            after.configuration == before.configuration && after.scheduled == before.scheduled
        }
    }

    private func turn(
        _ customers: [CustomerID], at now: Timestamp, in transaction: Transaction,
        _ summary: inout Summary
    ) async throws(StorageError) -> [CustomerID: [Turn]] {
        var turns: [CustomerID: [Turn]] = [:]
        for row in try await transaction.lockInstances(of: customers) {
            let before = Subscription(row)
            do throws(SubscriptionRefusal) {
                let change = try before.turning(at: now, by: book)
                guard change.subscription != before else { continue }
                turns[row.customer, default: []].append(
                    Turn(before: row, after: row.after(change.subscription), fees: change.lines))
            } catch {
                summary.refused.append((row.customer, .subscription(error)))
            }
        }
        return turns
    }

    private func store(
        _ turns: [Turn], at now: Timestamp, in transaction: Transaction
    ) async throws(StorageError) {
        for turn in turns where !turn.isPaymentOnly {
            guard try await transaction.store(turn.after, at: now) else {
                throw .serialization  // Cannot be while the row is locked.
            }
        }
        let paid = turns.filter(\.isPaymentOnly).map(\.after)
        guard try await transaction.storePaidMonths(paid, at: now) == paid.count else {
            throw .serialization
        }
    }
}

extension NewInvoice {
    /// As it stands when its charge is to be planned.
    var asClosed: Invoice {
        Invoice(
            id: id, customer: customer, total: total, state: .closed(abandoned: nil),
            closedAt: closedAt)
    }
}
