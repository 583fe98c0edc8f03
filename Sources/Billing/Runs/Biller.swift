public import Determinism
public import Identifiers
public import Observability
import Services
public import Storage
import Synchronization

/// Turns use and subscriptions into invoices, invoices into charges, and follows these.
///
/// Each step is one transaction in which rows are locked or guarded by what was read, so that a
/// stop at any moment, or another at the same work, bills nothing twice and loses nothing: the next
/// run finds what is left.
public struct Biller: Sendable {
    /// Transactions at work at the same time.
    private static let workers = 4

    /// What a run did.
    public struct Report: Sendable {
        public var counts: [String: Int64] = [:]
        /// For whom it could not be done, and why.
        public var refused: [(customer: CustomerID, problem: BillingProblem)] = []
        /// Whose use was priced anew, and since when it had waited for that.
        var fresh: [CustomerID: Timestamp] = [:]

        mutating func add(_ name: String, _ count: Int64) { counts[name, default: 0] += count }

        mutating func add(_ summary: BillRun.Summary) {
            add("invoices_closed", summary.closed)
            add("charges_planned", summary.planned)
            add("months_turned", summary.turned)
            refused += summary.refused
        }
    }

    private let database: Database
    private let books: PriceBooks
    private let surroundings: Surroundings
    private let logger: Logger
    private let chunk: Int

    /// - Parameter chunk: customers or invoices of one transaction.
    public init(
        database: Database, books: PriceBooks, surroundings: Surroundings, logger: Logger,
        chunk: Int = 500
    ) {
        self.chunk = chunk
        self.database = database
        self.books = books
        self.surroundings = surroundings
        self.logger = logger
    }

    /// All that is due now: months that have begun, use, and charges of invoices that can be paid.
    ///
    /// Whose month turns has all use invoiced with it: what accrued is not priced for these before.
    public func run() async throws(StorageError) -> Report {
        var report = Report()
        guard let book = try await books.current() else { return report }
        try await follow(&report)
        try await turnMonth(by: book, &report)
        try await accrue(by: book, &report)
        try await billDue(by: book, &report)
        try await chargeClosed(&report)
        tell(report)
        return report
    }

    func tell(_ report: Report) {
        for (customer, problem) in report.refused {
            logger.error(
                "a customer could not be billed in full", ("customer", .number(customer.number)),
                ("code", .text(problem.code)), ("reason", .text("\(problem)")))
        }
    }

    // MARK: - Steps

    /// Prices the use that is new, so that it counts against what is free.
    func accrue(by book: PriceBook, _ report: inout Report) async throws(StorageError) {
        while true {
            let (accounts, refused) = try await accrueSome(by: book)
            report.add("accounts_accrued", Int64(accounts.count))
            report.refused += refused
            for account in accounts { report.fresh[account.customer] = account.staleSince }
            if accounts.count < chunk { return }
        }
    }

    private func accrueSome(
        by book: PriceBook
    ) async throws(StorageError) -> (
        accounts: [BillingAccountRow], refused: [(customer: CustomerID, problem: BillingProblem)]
    ) {
        try await database.transaction { transaction throws(StorageError) in
            let accounts = try await transaction.lockStaleAccounts(limit: chunk)
            guard !accounts.isEmpty else { return ([], []) }
            let customers = accounts.map(\.customer)
            let sums = try await transaction.openSums(customers)
            let groups = try await transaction.invoicedGroups(customers, months: sums.months)
            var accrued: [(customer: CustomerID, amount: MicroUSDC)] = []
            var refused: [(customer: CustomerID, problem: BillingProblem)] = []
            for use in OpenUse.gather(accounts, sums, groups) {
                let rated = use.rated(by: book)
                accrued.append((use.customer, rated.cost))
                refused += rated.refused.map { (use.customer, .rating($0)) }
            }
            try await transaction.setAccrued(accrued)
            return (accounts, refused)
        }
    }

    /// Takes over what became of charges.
    func follow(_ report: inout Report) async throws(StorageError) {
        let charging = InvoiceCharging(surroundings: surroundings)
        while true {
            let outcome = try await database.transaction { transaction throws(StorageError) in
                try await charging.follow(limit: chunk, in: transaction)
            }
            report.add("invoices_paid", outcome.settled)
            report.add("charges_failed", outcome.failed)
            // What changes nothing would be found again.
            if outcome.count < chunk || outcome.settled + outcome.failed == 0 { return }
        }
    }

    private func turnMonth(
        by book: PriceBook, _ report: inout Report
    ) async throws(StorageError) {
        let month = Month(containing: surroundings.now()).start
        try await bill(by: book, turnsMonth: true, &report) { after throws(StorageError) in
            try await database.customersToTurn(to: month, after: after, limit: chunk)
        }
    }

    private func billDue(by book: PriceBook, _ report: inout Report) async throws(StorageError) {
        let now = surroundings.now()
        guard let version = book.version(at: now) else { return }
        let month = Month(containing: now).start
        try await bill(by: book, turnsMonth: false, &report) { after throws(StorageError) in
            try await database.customersDue(
                threshold: version.chargeThreshold, month: month, after: after, limit: chunk)
        }
    }

    /// Bills customers by the hundred, several hundreds at a time, until `next` finds no more.
    private func bill(
        by book: PriceBook, turnsMonth: Bool, _ report: inout Report,
        next: @escaping @Sendable (_ after: Int64) async throws(StorageError) -> [CustomerID]
    ) async throws(StorageError) {
        let run = BillRun(book: book, surroundings: surroundings, cause: .due)
        let cursor = CustomerPages(next)
        let results = await withTaskGroup(
            of: Result<BillRun.Summary, StorageError>.self
        ) { group in
            for _ in 0..<Self.workers {
                group.addTask { [database] in
                    await Self.work(run, turnsMonth: turnsMonth, cursor, database)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { report.add(try result.get()) }
    }

    private static func work(
        _ run: BillRun, turnsMonth: Bool, _ pages: CustomerPages, _ database: Database
    ) async -> Result<BillRun.Summary, StorageError> {
        var summary = BillRun.Summary()
        do throws(StorageError) {
            while true {
                let customers = try await pages.next()
                guard !customers.isEmpty else { return .success(summary) }
                summary.add(
                    try await database.transaction { transaction throws(StorageError) in
                        try await run.bill(customers, turnsMonth: turnsMonth, in: transaction)
                    })
            }
        } catch {
            return .failure(error)
        }
    }

    /// Plans charges for closed invoices that have none, where the account has enough.
    ///
    /// Looks at all of them: those that are refused, since a charge lives that they do not know of,
    /// keep no others waiting.
    func chargeClosed(_ report: inout Report) async throws(StorageError) {
        var last: InvoiceID?
        while true {
            let found = try await database.chargeableInvoices(
                after: last, at: surroundings.now(), limit: chunk)
            guard !found.isEmpty else { return }
            report.add("charges_planned", try await charge(found.map(\.invoice.id)))
            guard found.count == chunk else { return }
            last = found.last?.invoice.id
        }
    }

    /// - Returns: how many charges were planned.
    func charge(_ invoices: [InvoiceID]) async throws(StorageError) -> Int64 {
        let charging = InvoiceCharging(surroundings: surroundings)
        return try await database.transaction { transaction throws(StorageError) in
            let rows = try await transaction.lockInvoices(
                invoices, chargeableAt: surroundings.now())
            return try await charging.plan(rows.map(\.invoice), in: transaction).planned
        }
    }
}

/// Hands out customers page by page to several who work on them.
private actor CustomerPages {
    private let read: @Sendable (_ after: Int64) async throws(StorageError) -> [CustomerID]
    private var turn: Task<Result<[CustomerID], StorageError>, Never>?

    init(
        _ read: @escaping @Sendable (_ after: Int64) async throws(StorageError) -> [CustomerID]
    ) {
        self.read = read
    }

    /// Empty when there are no more.
    func next() async throws(StorageError) -> [CustomerID] {
        let before = turn
        let task = Task { [read] () -> Result<[CustomerID], StorageError> in
            var after: Int64 = 0
            if let before {
                switch await before.value {
                case .success(let page):
                    guard let last = page.last else { return .success([]) }
                    after = last.number
                case .failure(let error): return .failure(error)
                }
            }
            do throws(StorageError) {
                return .success(try await read(after))
            } catch {
                return .failure(error)
            }
        }
        turn = task
        return try await task.value.get()
    }
}
