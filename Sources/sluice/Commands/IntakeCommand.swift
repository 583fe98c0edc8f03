/// `sluice intake`.
enum IntakeCommand {
    private static let spool = OptionSpecification.value(
        "--spool", "DIR", "Where lines wait while the database is away (SLUICE_INTAKE_SPOOL).")
    private static let follow = OptionSpecification.value(
        "--follow", "FILE", "Also read a log file as it grows, through rotations; needs a spool.")

    static let specification = CommandSpecification(
        "intake", "Take HAProxy's log in: what it says was served is what is billed.",
        discussion: """
            Runs beside HAProxy, one or several. A line counts once for ever, however often and \
            by whom it is sent. Runs until SIGTERM or SIGINT, then stores or spools what it has. \
            /health, /ready and /metrics are for this machine alone.
            """,
        examples: [
            "sluice intake --spool /var/lib/sluice/spool --env-file /etc/sluice/intake.env",
            "sluice intake --spool /var/lib/sluice/spool --follow /var/log/haproxy.log",
        ],
        options: [spool, follow, .environmentFile],
        subcommands: [QuarantineCommands.specification]
    ) { arguments in
        guard let configuration = ConfigurationLoader.intake(arguments) else { return .finding }
        let options = IntakeOptions(
            spool: arguments.value(spool) ?? configuration.intake.spool,
            follow: arguments.value(follow))
        guard options.follow == nil || options.spool != nil else {
            return UsageError.missingOption(spool.name).report("sluice intake")
        }
        return ExitStatus(rawValue: await IntakeProcess.run(configuration, options)) ?? .finding
    }
}
