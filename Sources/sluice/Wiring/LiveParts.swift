import Authentication
import Cryptography
import Determinism
import Escrow
import HTTPTransport
import Observability
import Storage
import SuiNodeClient
import SuiProtocol

/// Live services made from a checked configuration; several commands need the same ones.
enum LiveParts {
    static func database(
        _ configuration: Configuration, poolSize: Int? = nil, logger: Logger = .disabled,
        metrics: MetricsRegistry = MetricsRegistry()
    ) throws(InvalidDatabaseURL) -> Database {
        try Database(
            DatabaseConfiguration(
                url: configuration.database.url.text,
                poolSize: poolSize ?? configuration.database.poolSize,
                preparesStatements: configuration.database.preparesStatements),
            logger: logger, metrics: metrics)
    }

    static func sealer(
        _ configuration: Configuration
    ) throws(CryptographyError) -> SecretSealer {
        let key = try SealingKey(version: 1, secret: configuration.secrets.databaseEncryptionKey)
        return try SecretSealer(keys: [key])
    }

    static func nodes(
        _ settings: NodeSettings, logger: Logger = .disabled,
        metrics: MetricsRegistry = MetricsRegistry()
    ) -> SuiNodes {
        SuiNodes(
            settings.addresses, chain: settings.chain, client: HTTPClient(), surroundings: .live,
            logger: logger, metrics: metrics, limits: limits)
    }

    private static var limits: SuiNodeLimits {
        var limits = SuiNodeLimits()
        #if FAIL_POINTS
            limits.restMilliseconds = 500  // Crash tests have many runs, with one node each.
        #endif
        return limits
    }

    /// Nil where there is no escrow.
    static func escrowTerms(_ escrow: EscrowSettings?, _ node: NodeSettings) -> EscrowTerms? {
        escrow.map { escrow in
            EscrowTerms(
                contract: escrow.contract, operator: escrow.operator, chain: node.chain)
        }
    }

    static func tokenPolicy(_ configuration: Configuration) -> TokenPolicy {
        TokenPolicy(
            issuer: configuration.tokens.issuer, audience: configuration.tokens.audience,
            chain: configuration.site.chain.rawValue,
            keyLeadSeconds: Int64(configuration.tokens.keyLeadSeconds))
    }

    static func signingKeys(
        _ configuration: Configuration, _ database: Database, logger: Logger = .disabled,
        metrics: MetricsRegistry = MetricsRegistry()
    ) throws(CryptographyError) -> SigningKeys {
        SigningKeys(
            database: database, sealer: try sealer(configuration),
            policy: tokenPolicy(configuration), changedBy: .current, surroundings: .live,
            logger: logger, metrics: metrics)
    }

    static func signInPolicy(_ configuration: Configuration) -> SignInPolicy {
        SignInPolicy(
            domain: configuration.site.publicURL.domain,
            uri: configuration.site.publicURL.description,
            chain: configuration.site.chain,
            statement: configuration.site.statement,
            liveChallengesPerIP: Int64(configuration.limits.liveChallenges),
            acceptsAnySignature: configuration.mocks.auth)
    }
}
