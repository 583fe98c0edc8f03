import Observability

/// `sluice gateway`.
enum GatewayCommand {
    static let specification = CommandSpecification(
        "gateway", "Serve the HTTP API.",
        discussion: """
            Runs until SIGTERM or SIGINT, then answers what is under way and ends. All of the \
            configuration is checked before the port opens.
            """,
        examples: ["sluice gateway --env-file /etc/sluice/sluice.env"],
        options: [.environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        warn(configuration)
        return ExitStatus(rawValue: await GatewayProcess.run(configuration)) ?? .finding
    }

    private static func warn(_ configuration: Configuration) {
        let writer = LogWriter(descriptor: 1)
        let logger = Logger(writer: writer, level: configuration.logLevel)
        for warning in configuration.warnings { logger.warning(warning) }
        writer.close()
    }
}
