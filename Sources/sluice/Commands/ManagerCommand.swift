import Observability

/// `sluice manager`.
enum ManagerCommand {
    private static let once = OptionSpecification.flag(
        "--once", "Run each task once, follow and charge nothing, and end: for cron.")
    private static let task = OptionSpecification.value(
        "--task", "NAME", "Run this task only: \(ManagerTasks.names.joined(separator: ", ")).")
    private static let interval = OptionSpecification.value(
        "--interval", "S",
        "Seconds between runs of the tasks that come every 5 minutes: 1 to 86400.")

    static let specification = CommandSpecification(
        "manager", "Follow the chain, charge, and run the tasks of every day.",
        discussion: """
            The only process that holds the charger's key. Any number may run: one leads, the \
            others wait and take over within seconds. Runs until SIGTERM or SIGINT, then finishes \
            what is on its way to the chain and the tasks in hand, 30 s at most. /health, /ready \
            and /metrics are for this machine alone. A task that fails rests longer each time and \
            says so there, and stops no other.

            With --once the exit status is 0 when every task was done, 1 when one failed or found \
            something, 75 when another process leads, no node answers, or a stop came first.
            """,
        examples: [
            "sluice manager --env-file /etc/sluice/sluice.env",
            "sluice manager --once --task reconcile",
        ],
        options: [once, task, interval, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            let options = try options(arguments)
            guard let configuration = ConfigurationLoader.configuration(arguments) else {
                return .finding
            }
            let status = await ManagerProcess.run(configuration, options)
            return ExitStatus(rawValue: status) ?? .finding
        } catch {
            return error.report("sluice manager")
        }
    }

    private static func options(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> ManagerOptions {
        var options = ManagerOptions(once: arguments.has(once))
        if let name = arguments.value(task) {
            guard ManagerTasks.names.contains(name) else {
                let hint = Suggestion.nearest(to: name, among: ManagerTasks.names)
                throw .invalidValue(
                    option: task.name, value: name,
                    expected: "one of \(ManagerTasks.names.joined(separator: ", "))"
                        + (hint.map { "; did you mean '\($0)'?" } ?? ""))
            }
            options.task = name
        }
        if let text = arguments.value(interval) {
            guard let seconds = Int(text), String(seconds) == text,
                ManagerOptions.intervals.contains(seconds)
            else {
                throw .invalidValue(
                    option: interval.name, value: text,
                    expected: "a whole number of seconds from 1 to 86400")
            }
            guard !options.once else {
                throw .excludedOption(interval.name, by: once.name)
            }
            options.cycleSeconds = seconds
        }
        return options
    }
}
