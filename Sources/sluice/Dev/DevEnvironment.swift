/// The configuration that a development stack gives to its parts.
struct DevEnvironment {
    /// Names and values, in the order of the file.
    private(set) var variables: [(name: String, value: String)] = []

    /// - Parameters:
    ///   - inherited: the environment of `sluice dev`. Its `SLUICE_…`, `MOCK_…` and node variables
    ///     are passed on, except where dev decides itself.
    ///   - chain: what the simulated node decides; empty where other nodes are asked.
    init(
        inherited: [String: String], secrets: DevSecrets, databaseURL: String, gatewayPort: UInt16,
        managerPort: UInt16, intake: DevIntake, edge: DevEdge, auditKeyFile: String,
        chain: [(ConfigurationVariable, String)]
    ) {
        let local = "http://127.0.0.1:\(gatewayPort)"
        let decided: [(ConfigurationVariable, String)] = [
            (.environment, DeploymentEnvironment.development.rawValue),
            (.databaseURL, databaseURL),
            (.listen, "127.0.0.1:\(gatewayPort)"),
            (.managerListen, "127.0.0.1:\(managerPort)"),
            (.intakeListen, "tcp:127.0.0.1:\(intake.port)"),
            (.intakeStatusListen, "127.0.0.1:\(intake.statusPort)"),
            (.intakeSpool, intake.spool),
            (.drainNoticeSeconds, "0"),
            (.cookieSecure, "false"),
            (.allowLoopbackOrigins, "true"),
            (.databaseEncryptionKey, secrets.databaseEncryptionKey),
            (.tokenSecret, secrets.tokenSecret),
            (.vaultKey, secrets.vaultKey),
            (.auditKeyFile, auditKeyFile),
            (.auditHeadFile, auditKeyFile + ".head"),
        ]
        let all = decided + edge.variables + chain
        variables = all.map { ($0.0.name, $0.1) }
        let decidedNames = all.map(\.0.name) + [ConfigurationVariable.databaseDirectURL.name]
        let passedOn = inherited.filter { Self.isOurs($0.key) && !decidedNames.contains($0.key) }
        if passedOn[ConfigurationVariable.publicURL.name] == nil {
            variables.append((ConfigurationVariable.publicURL.name, local))
        }
        for (name, value) in passedOn.sorted(by: { $0.key < $1.key }) {
            variables.append((name, value))
        }
    }

    /// Whether the person who started us named nodes of another network; none is simulated then.
    static func namesNodes(_ inherited: [String: String]) -> Bool {
        nodeVariables.contains { !(inherited[$0] ?? "").isEmpty }
    }

    private static let nodeVariables = [
        ConfigurationVariable.graphQLURLs.name, ConfigurationVariable.jsonRPCURLs.name,
    ]

    /// The text of an environment file, for `--env-file`.
    var file: String {
        "# Written by 'sluice dev' at every start; holds secrets.\n"
            + variables.map { EnvironmentFile.line($0.name, $0.value) + "\n" }.joined()
    }

    /// What the gateway will warn of in its log, for the person at the terminal.
    var warnings: [String] {
        let values = Dictionary(
            variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let source = ConfigurationSource(environment: values)
        var reader = ConfigurationReader(source)
        return UnknownVariables.warnings(source) + MockSettings(&reader).warnings
    }

    /// What a child may see of our environment: nothing that configures sluice, which it reads
    /// from the file, or libpq (`PG…`).
    static func bare(_ inherited: [String: String]) -> [String: String] {
        inherited.filter { !isOurs($0.key) && !$0.key.hasPrefix("PG") }
    }

    private static func isOurs(_ name: String) -> Bool {
        name.hasPrefix("SLUICE_") || name.hasPrefix("MOCK_")
            || ConfigurationVariable(rawValue: name) != nil
    }
}
