import Audit
import ByteCodecs
public import Determinism
import Identifiers
public import Observability
import Services
public import Storage
import Synchronization

/// Keeps what is used in bounds, every few seconds: prices what is new, follows charges, stops
/// services whose customers owe more than they have, and lets them go on when all is settled.
public final class OverspendWatch: Sendable {
    /// Instances of one query; and of those that are stopped, so many are looked at each time.
    public static let usualLimit = 1000
    /// At those who are stopped each run looks no longer, or whoever is served would wait for them.
    public static let usualMilliseconds: Int64 = 1000

    private let limit: Int
    private let stoppedMilliseconds: Int64
    /// The one that is stopped and was looked at last. Most of them have nothing to go on with, and
    /// there may be any number: the next look goes on after it.
    private let lastStopped = Mutex<CandidateRow?>(nil)
    private let database: Database
    private let books: PriceBooks
    private let biller: Biller
    private let surroundings: Surroundings
    private let logger: Logger
    private let gauges: OverspendGauges

    public init(
        database: Database, books: PriceBooks, surroundings: Surroundings, logger: Logger,
        metrics: MetricsRegistry, limit: Int = OverspendWatch.usualLimit,
        stoppedMilliseconds: Int64 = OverspendWatch.usualMilliseconds
    ) {
        self.limit = limit
        self.stoppedMilliseconds = stoppedMilliseconds
        self.database = database
        self.books = books
        self.surroundings = surroundings
        self.logger = logger
        gauges = OverspendGauges(metrics)
        biller = Biller(
            database: database, books: books, surroundings: surroundings, logger: logger)
    }

    /// One look at all who are served and may owe too much, and at some of those who are stopped: the
    /// former are never kept waiting by the latter.
    ///
    /// - Parameter stopsOnly: for when the clock may be wrong: nothing is invoiced, charged or
    ///   resumed. Use is priced by its own hour, and what is short is short at any time.
    public func run(stopsOnly: Bool = false) async throws(StorageError) -> Biller.Report {
        var report = Biller.Report()
        guard let book = try await books.current() else { return report }
        try await biller.follow(&report)
        try await biller.accrue(by: book, &report)
        var served: [CandidateRow] = []
        repeat {
            served = try await database.overspendCandidates(
                isServed: true, after: served.last, at: surroundings.now(), limit: limit)
            for candidate in served {
                try await decide(candidate, isServed: true, by: book, &report)
            }
        } while served.count == limit
        if !stopsOnly {
            try await lookAtStopped(by: book, &report)
            try await biller.chargeClosed(&report)
        }
        biller.tell(report)
        return report
    }

    /// For a while, at one at least; the next run goes on after the last one.
    private func lookAtStopped(
        by book: PriceBook, _ report: inout Biller.Report
    ) async throws(StorageError) {
        let end = surroundings.now().adding(milliseconds: stoppedMilliseconds)
        let stopped = try await database.overspendCandidates(
            isServed: false, after: lastStopped.withLock { $0 }, at: surroundings.now(),
            limit: limit)
        var done = 0
        for candidate in stopped where done == 0 || surroundings.now() < end {
            try await decide(candidate, isServed: false, by: book, &report)
            done += 1
        }
        let isThrough = done == stopped.count && stopped.count < limit
        lastStopped.withLock { $0 = isThrough ? nil : stopped[done - 1] }
    }

    // MARK: - One instance

    private enum Deed: Sendable {
        case nothing
        case suspended(MicroUSDC)
        case resumed
        case closed(BillRun.Summary)
        case charged(Int64)
        case refused(BillingProblem)
    }

    private func decide(
        _ candidate: CandidateRow, isServed: Bool, by book: PriceBook,
        _ report: inout Biller.Report
    ) async throws(StorageError) {
        let deed = try await database.transaction { transaction throws(StorageError) in
            try await act(on: candidate, isServed: isServed, by: book, in: transaction)
        }
        switch deed {
        case .nothing: break
        case .suspended(let missing):
            report.add("services_suspended", 1)
            let waited = report.fresh[candidate.customer].map { since in
                surroundings.now().milliseconds - since.milliseconds
            }
            gauges.suspended(short: missing, afterMilliseconds: waited)
            logger.info(
                "a service was suspended", ("customer", .number(candidate.customer.number)),
                ("service", .text(candidate.service.rawValue)))
        case .resumed:
            report.add("services_resumed", 1)
            logger.info(
                "a service goes on", ("customer", .number(candidate.customer.number)),
                ("service", .text(candidate.service.rawValue)))
        case .closed(let summary): report.add(summary)
        case .charged(let count): report.add("charges_planned", count)
        case .refused(let problem): report.refused.append((candidate.customer, problem))
        }
    }

    /// - Parameter isServed: as it was found; what has changed since waits for the next look.
    private func act(
        on candidate: CandidateRow, isServed: Bool, by book: PriceBook,
        in transaction: Transaction
    ) async throws(StorageError) -> Deed {
        let now = surroundings.now()
        guard let row = try await transaction.lockInstance(candidate.customer, candidate.service),
            row.state.isServed == isServed
        else { return .nothing }
        let accounts = try await transaction.lockAccounts([candidate.customer], at: now)
        guard let account = accounts.first,
            let standing = try await transaction.fundsRow(of: candidate.customer)
        else { return .nothing }
        let use = try await transaction.ratedUse(of: account, by: book)
        let funds = standing.funds(at: now, use: use.cost)
        let pastDue = try await transaction.pastDueInvoices(of: row.customer)
        let debt = Debt(
            pastDue: pastDue.map { Debt.PastDue($0.invoice.id, $0.invoice.total) },
            // What has no price is owed by nobody, or it would be closed anew for ever.
            hasOpenUse: !use.lines.isEmpty, hasUnsettled: standing.isUnsettled)
        switch Overspend.decide(row.state, funds, debt) {
        case .rest: return .nothing
        case .suspend(let cause):
            return try await suspend(row, cause, funds, in: transaction)
        case .closeOpenUse:
            let run = BillRun(book: book, surroundings: surroundings, cause: .suspension)
            return .closed(
                try await run.bill([row.customer], turnsMonth: false, in: transaction))
        case .chargeAgain(let invoices):
            let rows = try await transaction.lockInvoices(invoices, chargeableAt: now)
            let outcome = try await InvoiceCharging(surroundings: surroundings)
                .plan(rows.map(\.invoice), in: transaction)
            return .charged(outcome.planned)
        case .resume: return try await resume(row, funds, by: book, in: transaction)
        }
    }

    private func suspend(
        _ row: InstanceRow, _ cause: SuspensionCause, _ funds: Funds, in transaction: Transaction
    ) async throws(StorageError) -> Deed {
        let now = surroundings.now()
        let subscription: Subscription
        do throws(SubscriptionRefusal) {
            subscription = try Subscription(row).suspending(cause)
        } catch {
            return .refused(.subscription(error))
        }
        guard try await transaction.store(row.after(subscription), at: now) else {
            throw .serialization
        }
        try await transaction.execute(
            AuditRecord(
                action: .serviceSuspended, outcome: .success, customerID: row.customer.number,
                details: [
                    "service": .string(row.service.rawValue),
                    "state": .string(subscription.state.rawValue),
                ]
            ).insertion(at: now))
        let missing = max(0, -min(funds.available.units, funds.remaining?.units ?? 0))
        return .suspended(MicroUSDC(missing))
    }

    private func resume(
        _ row: InstanceRow, _ funds: Funds, by book: PriceBook, in transaction: Transaction
    ) async throws(StorageError) -> Deed {
        let now = surroundings.now()
        let change: SubscriptionChange
        do throws(SubscriptionRefusal) {
            change = try Subscription(row).resuming(at: now, by: book)
            try change.check(funds)
        } catch .funds {
            return .nothing  // Goes on once the fee of the month can be paid.
        } catch {
            return .refused(.subscription(error))
        }
        guard try await transaction.store(row.after(change.subscription), at: now) else {
            throw .serialization
        }
        let issued = try await InvoiceIssue(by: book, surroundings: surroundings)
            .issue(change.lines, to: row.customer, in: transaction)
        guard case .success = issued else {
            transaction.abandon()
            return .nothing
        }
        try await transaction.execute(
            AuditRecord(
                action: .serviceResumed, outcome: .success, customerID: row.customer.number,
                details: ["service": .string(row.service.rawValue)]
            ).insertion(at: now))
        return .resumed
    }
}
