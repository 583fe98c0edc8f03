import Glibc

/// The program: finds the command, runs it, and ends with its exit status.
enum SluiceCommand {
    static let root = CommandSpecification(
        group: "sluice", "sluice: wallet sign-in and escrow gateway for Sui.",
        discussion: """
            Exit status: 0 done, 1 a finding or a failure, 2 the command line is wrong, 75 \
            something outside is away, try again.
            """,
        examples: [
            "sluice dev                      everything on this machine, nothing to configure",
            "sluice config                   what is configured, or all that is wrong with it",
        ],
        subcommands: [
            GatewayCommand.specification, ManagerCommand.specification, IntakeCommand.specification,
            DevCommand.specification,
            MigrateCommand.specification,
            VerifyCommands.specification, DecodeCommands.specification, KeysCommands.specification,
            ReconcileCommand.specification, BreaksCommands.specification,
            ChargeCommands.specification, InvoiceCommands.specification,
            CreditCommands.specification, ServiceCommands.specification,
            PricesCommands.specification,
            VaultCommands.specification, ConfigCommand.specification,
            DoctorCommand.specification, VersionCommand.specification,
        ])

    /// Commands that wait for signals instead of being ended by them.
    private static let awaitingSignals = ["dev", "gateway", "manager", "intake"]

    /// Called on the main thread, before there is any other: signals are blocked here, because
    /// every later thread inherits that. This thread then only keeps the process alive.
    static func main() -> Never {
        let words = Array(CommandLine.arguments.dropFirst())
        let isAwaiting = awaitingSignals.contains(words.first ?? "")
        if isAwaiting, words.dropFirst().first?.hasPrefix("-") ?? true { StopSignals.block() }
        Task.detached { end(await run(words)) }
        while true { pause() }
    }

    /// Without what libraries registered to be run at an exit: OpenSSL takes away what threads that
    /// still talk to a database or a node stand on, and a command that was done would end by SIGSEGV.
    private static func end(_ status: Int32) -> Never {
        fflush(nil)
        _exit(status)
    }

    /// - Parameter words: what follows the program's name.
    static func run(_ words: [String]) async -> Int32 {
        if words == ["--version"] { return await run(["version"]) }
        if words.isEmpty {
            Output.error(HelpText.text(for: root, path: [root.name]))
            return ExitStatus.usage.rawValue
        }
        do {
            switch try ArgumentParser(root: root).parse(words) {
            case .help(let path, let command):
                Output.line(HelpText.text(for: command, path: path))
                return ExitStatus.done.rawValue
            case .run(_, let command, let arguments):
                return await command.action?(arguments).rawValue ?? ExitStatus.usage.rawValue
            }
        } catch {
            let name = error.path.joined(separator: " ")
            Output.error("\(name): \(error.reason.message)\nTry '\(name) --help'.")
            return ExitStatus.usage.rawValue
        }
    }
}
