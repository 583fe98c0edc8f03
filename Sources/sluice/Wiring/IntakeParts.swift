import Determinism
import Intake
import Observability
import Storage

/// The live parts of one intake process, put together and not yet running.
final class IntakeParts: Sendable {
    /// For one batch, from its first statement to its commit.
    private static let deadlineMilliseconds: Int64 = 8000

    let metrics = MetricsRegistry()
    let spool: Spool?
    let queue: BatchQueue
    let server: IntakeServer
    let storing: StoringLoop
    /// What runs beside, until the process ends: started in this order, ended in the other.
    let beside: [any IntakePart]
    private let configuration: IntakeConfiguration
    private let target: BulkTarget
    private let budget = QuarantineBudget()
    private let intakeMetrics: IntakeMetrics
    private let logger: Logger

    /// - Throws: ``SpoolError`` where the spool cannot be used; ``InvalidDatabaseURL``.
    init(
        _ configuration: IntakeConfiguration, _ options: IntakeOptions, logger: Logger
    ) throws {
        self.configuration = configuration
        self.logger = logger
        let counts = IntakeMetrics(metrics)
        intakeMetrics = counts
        spool = try options.spool.map { path throws(SpoolError) in
            try Spool(
                path: path, limit: configuration.intake.spoolLimit, metrics: counts,
                logger: logger)
        }
        queue = BatchQueue(metrics: counts, surroundings: .live)
        let judge = LineJudge(budget: budget, metrics: counts, surroundings: .live)
        server = IntakeServer(
            judge: judge, queue: queue, metrics: counts, logger: logger,
            connectionLimit: configuration.intake.connectionLimit)
        storing = StoringLoop(queue: queue, spool: spool, metrics: counts, logger: logger)
        target = try Self.target(configuration)
        beside = try IntakeBeside.parts(
            configuration, options, judge: judge, queue: queue, database: target,
            metrics: metrics, logger: logger)
    }

    func start() throws(SocketError) {
        storing.start(makeStore)
        for address in configuration.intake.listen {
            try server.listen(at: address.believing(configuration.intake.edge))
        }
        for part in beside { part.start() }
    }

    /// Stores or spools what has come.
    ///
    /// - Returns: whether nothing was left behind.
    func stop(until deadline: Deadline) -> Bool {
        for part in beside.reversed() { part.stop(until: deadline) }
        server.stop(until: deadline)
        queue.close()
        return storing.stop(until: deadline)
    }

    private static func target(
        _ configuration: IntakeConfiguration
    ) throws(InvalidDatabaseURL) -> BulkTarget {
        try BulkTarget(
            DatabaseConfiguration(
                url: configuration.database.url.text, poolSize: 1,
                deadlineMilliseconds: deadlineMilliseconds,
                preparesStatements: configuration.database.preparesStatements,
                applicationName: "sluice intake"))
    }

    @Sendable private func makeStore() -> LineStore {
        LineStore(
            target, budget: budget, metrics: intakeMetrics, registry: metrics,
            surroundings: .live, logger: logger)
    }

    // MARK: - What it tells

    /// What is wrong; empty when all is well. Lines are taken while there is room for them.
    var troubles: [String] {
        var troubles: [String] = []
        if storing.isAway { troubles.append("the database takes no lines") }
        if let spool, !spool.isEmpty { troubles.append("lines wait in the spool") }
        if storing.isSpoolFull { troubles.append("the spool takes no more") }
        return troubles + beside.compactMap(\.trouble)
    }

    /// Whether lines that come now can be kept.
    var takesLines: Bool { !storing.isAway || (spool != nil && !storing.isSpoolFull) }
}
