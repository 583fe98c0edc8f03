import Observability

/// `sluice manager`.
enum ManagerCommand {
    static let specification = CommandSpecification(
        "manager", "Follow the chain and charge: the only process that holds the charger's key.",
        discussion: """
            Any number may run: one leads, the others wait and take over within seconds. Runs \
            until SIGTERM or SIGINT, then finishes what is on its way to the chain, 30 s at most. \
            /health, /ready and /metrics are for this machine alone.
            """,
        examples: ["sluice manager --env-file /etc/sluice/sluice.env"],
        options: [.environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        return ExitStatus(rawValue: await ManagerProcess.run(configuration)) ?? .finding
    }
}
