import Billing
import Determinism
import Manager
import Observability
import Storage

/// What the manager does about use and money owed: `meter`, `overspend` and `bill`.
enum BillingTasks {
    private static let briefMilliseconds: Int64 = 2000
    private static let cycleMilliseconds: Int64 = 5 * 60_000
    /// Whoever has just taken the lead has to book and to send first what the one before left.
    private static let billDelayMilliseconds: Int64 = 5000
    /// Metering sums up to two million lines in one transaction, and billing writes invoices by the
    /// hundred, on connections that nothing else waits for.
    private static let deadlineMilliseconds: Int64 = 120_000
    private static let poolSize = 6
    private static let startMilliseconds: Int64 = 4000

    static func all(_ parts: ManagerTasks.Parts) throws -> [ManagerTask] {
        let database = try Database(
            DatabaseConfiguration(
                url: parts.configuration.database.url.text, poolSize: poolSize,
                deadlineMilliseconds: deadlineMilliseconds,
                // Planned each time: its statements are few and long, and tables grow under them
                // from nothing to millions, for which an earlier plan reads all rows.
                preparesStatements: false,
                applicationName: "sluice manager billing"),
            logger: parts.logger, metrics: parts.metrics, pool: "billing")
        let books = PriceBooks(database: database, surroundings: .live)
        return [
            meter(
                Meter(database: database, surroundings: .live, metrics: parts.metrics),
                LostLines(database: parts.database, metrics: parts.metrics)),
            overspend(
                OverspendWatch(
                    database: database, books: books, surroundings: .live, logger: parts.logger,
                    metrics: parts.metrics), database),
            bill(
                Biller(
                    database: database, books: books, surroundings: .live, logger: parts.logger),
                books, file: parts.configuration.manager.priceBook, database),
        ]
    }

    private static func meter(_ meter: Meter, _ lost: LostLines) -> ManagerTask {
        ManagerTask("meter", everyMilliseconds: briefMilliseconds) { _ in
            let done = try await meter.run()
            try await lost.look()
            return TaskReport(["batches": done.batches, "lines": done.lines])
        }
    }

    /// What it resumes pays for the days that are left: by the right clock, as in `bill`. Whoever owes
    /// too much is stopped by any clock, or would be served on credit until it is mended.
    private static func overspend(_ watch: OverspendWatch, _ database: Database) -> ManagerTask {
        ManagerTask("overspend", everyMilliseconds: briefMilliseconds) { _ in
            let disagreement = try await Clocks.disagreement(database, .live)
            var report = TaskReport(try await watch.run(stopsOnly: disagreement != nil))
            if let disagreement {
                (report.finding, report.detail) = (disagreement.code, disagreement.detail)
            }
            return report
        }
    }

    /// Prices come first: a book that is refused leaves the old one in force, and billing goes on.
    private static func bill(
        _ biller: Biller, _ books: PriceBooks, file: String?, _ database: Database
    ) -> ManagerTask {
        ManagerTask(
            "bill", everyMilliseconds: cycleMilliseconds, afterMilliseconds: billDelayMilliseconds
        ) { _ in
            // By a clock that is ahead, everybody would pay for a month that has not begun.
            try await Clocks.compare(database, .live)
            let refusal = try await load(books, file)
            var report = TaskReport(try await biller.run())
            if let refusal {
                (report.finding, report.detail) = ("price_book_refused", refusal)
            }
            return report
        }
    }

    /// Puts prices in force before anybody leads, so that a gateway beside a new manager can sell. What
    /// is in the way now is in the way of the task as well, which tells it.
    static func loadPrices(_ configuration: Configuration, _ logger: Logger) async {
        let settings = configuration.database
        guard
            let database = try? CommandDatabase.open(
                settings, deadlineMilliseconds: startMilliseconds)
        else { return }
        defer { database.close() }
        let books = PriceBooks(database: database, surroundings: .live)
        do {
            if let refusal = try await load(books, configuration.manager.priceBook) {
                logger.warning("the price book is refused", ("reason", .text(refusal)))
            }
        } catch {
            logger.info("prices are not loaded yet", ("reason", .text("\(error)")))
        }
    }

    /// - Returns: why the file's prices are not in force.
    private static func load(_ books: PriceBooks, _ file: String?) async throws -> String? {
        var content = PriceBooks.standard
        if let file {
            guard let read = FileBytes.read(path: file, limit: PriceBooks.sizeLimit) else {
                return "the price book cannot be read"
            }
            content = read
        }
        do throws(PriceBookRefusal) {
            try await books.load(content, onlyFirst: file == nil)
            return nil
        } catch .storage(let error) {
            throw error
        } catch {
            return "\(error)"
        }
    }
}

extension TaskReport {
    /// A customer who cannot be billed is a finding: the log says who and why.
    init(_ report: Biller.Report) {
        self.init(report.counts)
        guard let first = report.refused.first else { return }
        finding = first.problem.code
        detail = "\(report.refused.count) customers could not be billed, one is \(first.customer)"
    }
}
