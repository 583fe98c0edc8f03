import Manager
import Observability

/// Everything that may differ between two installations: read once, checked whole, then only
/// passed on. Secrets in it print as a fixed text.
struct Configuration: Sendable {
    let deployment: DeploymentEnvironment
    let database: DatabaseSettings
    let listen: ListenSettings
    let site: SiteSettings
    let tokens: TokenSettings
    let secrets: SecretSettings
    let node: NodeSettings
    /// Nil where none is configured.
    let escrow: EscrowSettings?
    let manager: ManagerSettings
    let retention: RetentionPolicy
    let intake: IntakeSettings
    let vault: VaultSettings
    let limits: LimitSettings
    let logLevel: LogLevel
    let mocks: MockSettings
    /// What an operator should know at every start, though it stops nothing.
    let warnings: [String]

    /// - Throws: all that is wrong, together.
    init(_ source: ConfigurationSource) throws(ConfigurationRefusal) {
        var reader = ConfigurationReader(source)
        guard let configuration = Self(&reader, source) else {
            throw ConfigurationRefusal(problems: reader.problems)
        }
        self = configuration
    }

    /// Reads every part, so that ``ConfigurationReader/problems`` and
    /// ``ConfigurationReader/effective`` are complete afterwards.
    ///
    /// - Returns: nil when something was refused.
    init?(_ reader: inout ConfigurationReader, _ source: ConfigurationSource) {
        let database = DatabaseSettings(&reader)
        let listen = ListenSettings(&reader)
        let mocks = MockSettings(&reader)
        let site = SiteSettings(&reader, isMocked: mocks.hasNode)
        let tokens = TokenSettings(&reader, publicURL: site?.publicURL.description)
        let secrets = SecretSettings(&reader)
        let node = NodeSettings(&reader, isMocked: mocks.hasNode, chain: site?.chain)
        let escrow = EscrowSettings(&reader, chain: site?.chain)
        let manager = ManagerSettings(&reader)
        let retention = RetentionSettings.policy(&reader)
        let intake = IntakeSettings(&reader)
        let vault = VaultSettings(&reader)
        let limits = LimitSettings(&reader)
        let level = Self.logLevel(&reader)
        guard reader.problems.isEmpty, let database, let listen, let site, let tokens, let secrets,
            let node, let limits, let level, let manager, let retention, let intake,
            let vault
        else { return nil }
        deployment = reader.deployment
        (self.database, self.listen, self.site, self.tokens) = (database, listen, site, tokens)
        (self.secrets, self.node, self.limits, self.mocks) = (secrets, node, limits, mocks)
        (self.escrow, self.manager, self.retention) = (escrow, manager, retention)
        (self.intake, self.vault) = (intake, vault)
        logLevel = level
        warnings = UnknownVariables.warnings(source) + mocks.warnings
    }

    static func logLevel(_ reader: inout ConfigurationReader) -> LogLevel? {
        let name = reader.text(.logLevel, default: LogLevel.info.name)
        let level = LogLevel(name: name)
        if level == nil {
            let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
            reader.refuse(.logLevel, "'\(name)' is none of \(names)")
        }
        return level
    }
}
