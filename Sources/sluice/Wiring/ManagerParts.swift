import Authentication
import Determinism
import Escrow
import Glibc
import HTTPTransport
import Intake
import Manager
import Observability
import Storage
import SuiNodeClient
import SuiProtocol
import Synchronization

/// The live parts of one manager process, put together and not yet running.
final class ManagerParts: Sendable {
    /// Connections of the engine and the follower; one more is the leader's.
    private static let poolSize = 8
    private static let deadlineMilliseconds: Int64 = 15_000
    /// A database that is frozen has to be told of before whoever asks `/ready` gives up.
    private static let readyMilliseconds: Int64 = 3000
    /// How long ``runOnce()`` waits for a database that does not answer when it has the lead.
    private static let judgeMilliseconds = 30_000

    let database: Database
    let direct: Database
    /// For reconciling, of which the whole is one transaction.
    private let reconciling: Database
    /// For `/ready`, which waits for nobody's work.
    private let looking: Database
    let nodes: SuiNodes
    let metrics = MetricsRegistry()
    let key: SuiPrivateKey
    let escrow: EscrowSettings
    private let configuration: Configuration
    private let identityFile: IdentityFile
    private let logger: Logger
    private let tasks: TaskRunner
    private let replay: AuditedReplay
    private let work = Mutex<ChargingWork?>(nil)
    private let loop = Mutex<LeadingLoop?>(nil)
    private let isBegun = Atomic(false)

    /// - Throws: ``ConfigurationRefusal`` and what parts throw that cannot be made.
    init(
        _ configuration: Configuration, escrow: EscrowSettings, options: ManagerOptions,
        logger: Logger
    ) throws {
        func refusal(_ variable: ConfigurationVariable, _ reason: String) -> ConfigurationRefusal {
            ConfigurationRefusal(problems: [
                ConfigurationProblem(subject: variable.name, reason: reason)
            ])
        }
        guard let keyFile = configuration.manager.chargerKeyFile else {
            throw refusal(.chargerKeyFile, "is not set; it is a file with the charger's key")
        }
        guard let identityFile = configuration.manager.identityFile else {
            throw refusal(
                .managerIdentityFile, "is not set; it is a file that the manager may write")
        }
        guard !configuration.node.endpoints.isEmpty else {
            throw refusal(.graphQLURLs, "is not set, nor SUI_JSON_RPC_URLS; the chain is followed")
        }
        key = try ChargerKey.load(keyFile)
        self.configuration = configuration
        self.escrow = escrow
        self.identityFile = identityFile
        self.logger = logger
        database = try Self.database(
            configuration.database.url, Self.poolSize, configuration, logger, metrics, "main")
        direct = try Self.database(
            configuration.database.directURL, 1, configuration, logger, metrics, "leader")
        reconciling = try Self.database(
            configuration.database.url, 2, configuration, logger, metrics, "reconciling",
            deadlineMilliseconds: ReconciliationParts.deadlineMilliseconds)
        looking = try Self.database(
            configuration.database.url, 1, configuration, logger, metrics, "ready",
            deadlineMilliseconds: Self.readyMilliseconds)
        nodes = LiveParts.nodes(configuration.node, logger: logger, metrics: metrics)
        let parts = ManagerTasks.Parts(
            configuration: configuration, escrow: escrow, database: database, nodes: nodes,
            logger: logger, metrics: metrics)
        tasks = TaskRunner(
            try ManagerTasks.chosen(
                parts, cycleSeconds: options.cycleSeconds, only: options.task),
            database: database, holder: Self.holder, surroundings: .live, logger: logger,
            metrics: metrics)
        replay = try ReplayParts.replay(configuration.database, database)
    }

    private static func database(
        _ url: ConfidentialText, _ size: Int, _ configuration: Configuration, _ logger: Logger,
        _ metrics: MetricsRegistry, _ pool: String,
        deadlineMilliseconds: Int64 = ManagerParts.deadlineMilliseconds
    ) throws(InvalidDatabaseURL) -> Database {
        try Database(
            DatabaseConfiguration(
                url: url.text, poolSize: size, deadlineMilliseconds: deadlineMilliseconds,
                preparesStatements: configuration.database.preparesStatements,
                applicationName: "sluice manager"),
            logger: logger, metrics: metrics, pool: pool)
    }

    func close() {
        for database in [database, direct, reconciling, looking] { database.close() }
    }

    // MARK: - Working

    /// Takes turns leading until the task is cancelled.
    ///
    /// - Throws: ``OperatorError`` where trying again cannot help.
    func run() async throws(OperatorError) {
        guard let operatorObject = try await findOperator() else { return }
        let work = ChargingWork(
            follower: follower(), engine: engine(for: operatorObject), tasks: tasks,
            database: database)
        let memory = StandbyMemory(
            file: identityFile, database: database, logger: logger, metrics: metrics)
        let loop = LeadingLoop(
            leadership: Leadership(direct: direct), holder: Self.holder, logger: logger,
            metrics: metrics, waiting: { await memory.refresh() },
            work: { await work.run(as: $0) })
        self.work.withLock { $0 = work }
        self.loop.withLock { $0 = loop }
        let examinations = Task { [nodes] in
            while !Task.isCancelled {
                _ = await nodes.examine()
                try? await Task.sleep(for: .milliseconds(Self.nodeMilliseconds))
            }
        }
        defer { examinations.cancel() }
        await loop.run()
        await tasks.finish()
    }

    /// Runs each task once, as the leader, and lets the next one lead.
    ///
    /// - Throws: ``OperatorError`` where trying again cannot help.
    func runOnce() async throws(OperatorError) -> ExitStatus {
        guard let operatorObject = try await findOperator() else {
            logger.warning("no task was run: no node tells of the operator")
            return .tryAgain
        }
        isBegun.store(true, ordering: .relaxed)
        let engine = engine(for: operatorObject)
        let leadership = Leadership(direct: direct)
        guard let leader = await lead(leadership) else {
            logger.warning("no task was run: another process leads, or the database is away")
            return .tryAgain
        }
        let status = await leadership.leading(as: leader) { [self] () -> ExitStatus in
            // A database from before is found out here, and not hidden from who leads next.
            guard await judge(engine, as: leader) else { return .tryAgain }
            return Self.status(await tasks.runOnce(as: leader), of: tasks.tasks.count)
        }
        try? await leadership.resign()
        return status
    }

    /// - Returns: false where it cannot be found out whether this is the database to work on.
    private func judge(_ engine: ChargeEngine, as leader: Generation) async -> Bool {
        let judging = Task { await engine.judge(as: leader) }
        let patience = Task {
            try? await Task.sleep(for: .milliseconds(Self.judgeMilliseconds))
            judging.cancel()
        }
        defer { patience.cancel() }
        let isJudged = await withTaskCancellationHandler {
            await judging.value
        } onCancel: {
            judging.cancel()
        }
        if !isJudged {
            let why = await engine.unfit ?? engine.obstacles.first?.words ?? "a stop was asked for"
            logger.error("no task was run", ("reason", .text(why)))
        }
        return isJudged
    }

    /// Whether ``runOnce()`` waits for nobody outside any more.
    var hasBegun: Bool { isBegun.load(ordering: .relaxed) }

    /// - Returns: nil while another leads, for longer than a dead one would.
    private func lead(_ leadership: Leadership) async -> Generation? {
        let end = Deadline.after(milliseconds: 2 * Leadership.silentMilliseconds)
        while !Task.isCancelled, !end.isPast {
            if let leader = try? await leadership.take(as: Self.holder + " --once") {
                return leader
            }
            try? await Task.sleep(for: .milliseconds(250))
        }
        return nil
    }

    private static func status(
        _ endings: [(task: String, ending: TaskEnding)], of count: Int
    ) -> ExitStatus {
        if endings.contains(where: { !$0.ending.isWell && $0.ending != .deposed }) {
            return .finding
        }
        return endings.count == count && !endings.contains { $0.ending == .deposed }
            ? .done : .tryAgain
    }

    private static var holder: String { "\(HostName.current) \(getpid())" }

    /// - Returns: nil when the task was cancelled before a node told.
    private func findOperator() async throws(OperatorError) -> SharedObject? {
        var isTold = false
        while !Task.isCancelled {
            do throws(OperatorError) {
                return try await OperatorLookup.find(
                    escrow.operator, of: escrow.contract, charger: key.address, on: nodes)
            } catch {
                guard error.isTransient else { throw error }
                if !isTold { logger.warning("waiting", ("reason", .text("\(error)"))) }
                isTold = true
            }
            try? await Task.sleep(for: .milliseconds(1000))
        }
        return nil
    }

    private func follower() -> Follower {
        Follower(
            node: nodes, contracts: [escrow.contract], charger: key.address,
            first: configuration.manager.firstCheckpoint,
            bookkeeper: Bookkeeper(
                database: database, surroundings: .live, operators: [escrow.operator]),
            logger: logger, metrics: metrics, surroundings: .live, limits: Self.limits,
            passes: Self.reached)
    }

    private func engine(for operatorObject: SharedObject) -> ChargeEngine {
        var settings = Self.settings
        settings.capSingle = configuration.manager.capSingle
        settings.capHour = configuration.manager.capHour
        let sessions = EverySession(surroundings: .live)
        let reconciliation = Reconciliation(
            database: reconciling, node: nodes, contracts: [escrow.contract],
            operators: [escrow.operator], surroundings: .live)
        let restoreGuard = RestoreGuard(file: identityFile, reconciliation: reconciliation) {
            transaction async throws(StorageError) in
            try await sessions.endSome(in: transaction)
        }
        return ChargeEngine(
            node: nodes, key: key, contract: escrow.contract, operator: operatorObject,
            database: database, restoreGuard: restoreGuard, settings: settings,
            surroundings: .live, logger: logger, metrics: metrics)
    }

    #if FAIL_POINTS
        private static let nodeMilliseconds = 300
        private static var limits: FollowerLimits { .brief }
        private static var settings: EngineSettings { .brief }
    #else
        /// Nodes that are not asked for long are known to be well, or not, before they are needed;
        /// one that showed another network is looked at again.
        private static let nodeMilliseconds = 30_000
        private static var limits: FollowerLimits { FollowerLimits() }
        private static var settings: EngineSettings { EngineSettings() }
    #endif

    /// Where crash tests may end the follower.
    @Sendable private static func reached(_ point: Follower.Point) {
        switch point {
        case .read: FailPoint.reached("follower.read")
        case .booked: FailPoint.reached("follower.booked")
        case .discovered: FailPoint.reached("follower.discovered")
        }
    }

    // MARK: - What it tells

    func dashboard() -> Dashboard {
        Dashboard(
            DashboardParts(database: database, tasks: tasks.tasks, replay: replay),
            approvalAbove: configuration.manager.approvalAbove, surroundings: .live,
            report: { [self] in await report() },
            tip: { [nodes] in (try? await nodes.status()).map { $0.tip } })
    }

    func report() async -> ManagerReport {
        let loop = loop.withLock { $0 }
        let isLeading = loop?.isLeading ?? false
        var checks = [
            (name: "database", state: await databaseState()),
            (name: "node", state: nodeState()),
        ]
        if isLeading, let work = work.withLock({ $0 }) {
            checks += EngineChecks.of(work) + tasks.checks
        } else if work.withLock({ $0 }) == nil {
            checks.append((name: "operator", state: .degraded("no node has told of it yet")))
        }
        if let why = loop?.reasonAside {
            checks.append((name: "lead", state: .degraded("left to others: \(why)")))
        }
        return ManagerReport(checks: checks, isLeading: isLeading)
    }

    private func nodeState() -> CheckState {
        nodes.isHealthy ? .ok : .degraded("no Sui node answers")
    }

    private func databaseState() async -> CheckState {
        do {
            return try await looking.schemaStatus().isCurrent
                ? .ok : .unavailable("the schema is older than this program: run sluice migrate")
        } catch {
            return .unavailable("the database does not answer")
        }
    }
}
