import Audit
import Authentication
import Billing
import Cryptography
import Determinism
import Escrow
import Gateway
import HTTPTransport
import Intake
import Observability
import Services
import Storage
import SuiNodeClient
import SuiProtocol

/// The live parts of one gateway process, put together and not yet running.
struct GatewayParts {
    let database: Database
    let responder: GatewayResponder
    let server: HTTPServer
    let background: GatewayBackground
    /// Asked about signatures and the chain.
    let nodes: SuiNodes
    private let signingKeys: SigningKeys?

    /// - Parameter escrow: nil where there is none.
    init(_ configuration: Configuration, escrow: EscrowSettings?, logger: Logger) throws {
        let metrics = MetricsRegistry()
        let database = try LiveParts.database(configuration, logger: logger, metrics: metrics)
        let signingKeys =
            configuration.tokens.secret == nil
            ? try LiveParts.signingKeys(
                configuration, database, logger: logger, metrics: metrics) : nil
        let books = PriceBooks(database: database, surroundings: .live)
        let node = LiveParts.nodes(configuration.node, logger: logger, metrics: metrics)
        let services = try Self.signInServices(
            configuration, database, node,
            keys: signingKeys.map(TokenKeySource.database)
                ?? configuration.tokens.secret.map(TokenKeySource.shared),
            logger: logger)
        background = try GatewayBackground(
            configuration, database: database, signingKeys: signingKeys,
            endedSessions: services.endedSessions, nodes: node, logger: logger, metrics: metrics)
        responder = GatewayResponder(
            configuration: Self.face(configuration),
            services: GatewayServices(
                signIn: services.signIn, sessions: services.sessions,
                accessTokens: services.accessTokens, customers: services.customers,
                serviceCalls: ServiceAuthenticator(
                    database: database, sealer: try LiveParts.sealer(configuration),
                    surroundings: .live, logger: logger, metrics: metrics),
                charges: Charges(database: database, surroundings: .live),
                wallets: Wallets(
                    database: database, terms: LiveParts.escrowTerms(escrow, configuration.node),
                    node: node,
                    verdict: NodeVerdicts.ofTransactions(node),
                    debts: { customer throws(StorageError) in
                        try await database.debts(of: customer, at: Surroundings.live.now())
                    }, surroundings: .live, logger: logger),
                subscriptions: Subscriptions(
                    database: database, books: books, surroundings: .live),
                apiKeys: APIKeys(
                    database: database, sealer: try LiveParts.sealer(configuration),
                    surroundings: .live),
                edges: VaultEdges(database: database),
                usageEvents: UsageEvents(
                    database: database, surroundings: .live, logger: logger, metrics: metrics,
                    metering: Self.metering(books)),
                billing: CustomerBilling(database: database, books: books)),
            checks: ReadinessChecks.all(
                database: database, endedSessions: services.endedSessions,
                signingKeys: signingKeys, sealer: background.sealer, node: node,
                hasEscrow: escrow != nil),
            logger: logger, metrics: metrics, surroundings: .live)
        server = HTTPServer(
            HTTPServerConfiguration(
                address: configuration.listen.address, port: configuration.listen.port),
            responder: responder, logger: logger, metrics: metrics)
        self.database = database
        nodes = node
        self.signingKeys = signingKeys
    }

    /// Whether the database answers and holds only keys that ours does not open. One that opens is
    /// enough to start, and so is a database that is away.
    func hasForeignKeysOnly() async -> Bool {
        do {
            try await signingKeys?.load()
            return false
        } catch .cannotUnseal {
            return true
        } catch {
            return false
        }
    }

    private static func signInServices(
        _ configuration: Configuration, _ database: Database, _ node: SuiNodes,
        keys: TokenKeySource?, logger: Logger
    ) throws -> SignInServices {
        guard let keys else { throw SigningKeyError.notRotatable }
        return try SignInServices(
            database: database, verifier: NodeVerdicts.verifier(node),
            signInPolicy: LiveParts.signInPolicy(configuration),
            tokenPolicy: LiveParts.tokenPolicy(configuration), tokenKeys: keys,
            databaseKey: configuration.secrets.databaseEncryptionKey,
            welcome: WalletGifts.welcome(configuration, logger: logger), surroundings: .live,
            logger: logger)
    }

    /// Use of what nobody could have had has no price, so it is refused where it is sent. Before
    /// there are prices all of it is taken: they may come a moment later.
    private static func metering(
        _ books: PriceBooks
    ) -> @Sendable () async throws(StorageError) -> UsageEvents.Metering {
        { () async throws(StorageError) in
            let book = try await books.current()
            return { service, time in
                guard let type = ServiceType(rawValue: service) else { return false }
                return book?.sells(type, at: time) ?? true
            }
        }
    }

    private static func face(_ configuration: Configuration) -> GatewayConfiguration {
        let site = configuration.site
        let origins = [site.publicURL] + site.allowedOrigins
        var face = GatewayConfiguration(
            publicURL: site.publicURL.description,
            allowedOrigins: Set(origins.map(\.description)), chain: site.chain.rawValue,
            version: Version.current)
        face.acceptsLoopbackOrigins = site.allowsLoopbackOrigins
        face.hasSecureCookies = site.secureCookies
        face.trustedProxies = configuration.listen.trustedProxies
        face.limits = configuration.limits.rates
        return face
    }
}
