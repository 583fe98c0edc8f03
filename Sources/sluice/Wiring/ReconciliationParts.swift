import Billing
import Determinism
import Escrow
import Manager
import Observability
import Storage
import SuiProtocol

/// What `sluice reconcile` needs of the configuration: database, nodes and contract, and no secret.
struct ReconciliationParts {
    /// The whole comparison is one transaction.
    static let deadlineMilliseconds: Int64 = 6 * 3_600_000

    let reconciliation: Reconciliation
    /// Nil unless it was asked for.
    let repair: Repair?
    private let databases: [Database]

    /// - Returns: nil when the configuration was refused and the user was told why.
    init?(_ arguments: ParsedArguments, asksNode: Bool, repairs: Bool) {
        do throws(ConfigurationRefusal) {
            var reader = ConfigurationReader(try ConfigurationLoader.source(arguments))
            let settings = DatabaseSettings(&reader)
            let mocks = MockSettings(&reader)
            let chain = SiteSettings.chain(
                &reader, default: mocks.hasNode ? .localnet : .mainnet)
            let node = NodeSettings(&reader, isMocked: mocks.hasNode, chain: chain)
            let escrow = EscrowSettings(&reader, chain: chain)
            guard reader.problems.isEmpty, let settings, let node else {
                throw ConfigurationRefusal(problems: reader.problems)
            }
            guard escrow != nil || !asksNode else { throw Self.noContract }
            guard !node.endpoints.isEmpty || !asksNode else { throw Self.noNode }
            try self.init(settings, asksNode ? node : nil, escrow, repairs: repairs)
        } catch {
            ConfigurationLoader.report(error)
            return nil
        }
    }

    private init(
        _ settings: DatabaseSettings, _ node: NodeSettings?, _ escrow: EscrowSettings?,
        repairs: Bool
    ) throws(ConfigurationRefusal) {
        let database = try Self.database(settings.url.text, settings, connections: 3)
        let direct = try Self.database(settings.directURL.text, settings, connections: 1)
        let nodes: (any SuiNode)? = node.map { LiveParts.nodes($0) }
        let contracts = escrow.map { [$0.contract] } ?? []
        let operators = Set(escrow.map { [$0.operator] } ?? [])
        reconciliation = Reconciliation(
            database: database, node: nodes, contracts: contracts, operators: operators,
            surroundings: .live, invoices: InvoiceReconciliation())
        repair =
            repairs
            ? Repair(
                database: database, direct: direct, node: nodes, contracts: contracts,
                operators: operators, surroundings: .live) : nil
        databases = [database, direct]
    }

    func close() { for database in databases { database.close() } }

    private static func database(
        _ url: String, _ settings: DatabaseSettings, connections: Int,
        _ logger: Logger = .disabled, _ metrics: MetricsRegistry = MetricsRegistry()
    ) throws(ConfigurationRefusal) -> Database {
        let configuration = DatabaseConfiguration(
            url: url, poolSize: connections, deadlineMilliseconds: deadlineMilliseconds,
            preparesStatements: settings.preparesStatements, applicationName: "sluice reconcile")
        guard
            let database = try? Database(
                configuration, logger: logger, metrics: metrics, pool: "reconcile")
        else { throw DatabaseSettings.notUnderstood }
        return database
    }

    /// The same comparison as a task of the manager, with the manager's nodes.
    static func task(_ parts: ManagerTasks.Parts) throws(ConfigurationRefusal) -> ManagerTask {
        let settings = parts.configuration.database
        let reconciliation = Reconciliation(
            database: try database(
                settings.url.text, settings, connections: 2, parts.logger, parts.metrics),
            node: parts.nodes, contracts: [parts.escrow.contract],
            operators: [parts.escrow.operator], surroundings: .live,
            invoices: InvoiceReconciliation())
        return ReconcileTask(
            reconciliation, database: parts.database, surroundings: .live
        ).task
    }

    private static let noContract = ConfigurationRefusal(problems: [
        ConfigurationProblem(
            subject: ConfigurationVariable.escrowPackage.name,
            reason: "is not set; --no-chain compares what is stored without it")
    ])

    private static let noNode = ConfigurationRefusal(problems: [
        ConfigurationProblem(
            subject: ConfigurationVariable.graphQLURLs.name,
            reason: "is not set; --no-chain compares what is stored without a node")
    ])
}
