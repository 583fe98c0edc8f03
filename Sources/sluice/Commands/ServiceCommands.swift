import Billing
import Manager
import Storage

/// `sluice service …`.
enum ServiceCommands {
    static let specification = CommandSpecification(
        group: "service", "Stop a customer's service, whatever was paid, and free it again.",
        subcommands: [suspend, lift])

    private static let customer = OptionSpecification.required(
        "--customer", "ID", "Whose service.")
    private static let options = [customer] + OperatorRequest.numberless

    private static let record = """
        You are who the secret says ('sluice keys operator add'), and on record by that name with \
        the reason.

        Exit status: 0 done, 1 refused, 75 the database is away: ask again; if it was done after \
        all, that is the refusal.
        """

    private static let suspend = CommandSpecification(
        "suspend", "Have nobody use a customer's service until it is lifted.",
        discussion: """
            The service is seal, grpc or graphql. The edges answer 402 to the customer's keys for it within two seconds. The customer can \
            neither enable nor change it. What was used is still invoiced and charged; nothing is \
            paid back, and a month that begins meanwhile costs nothing.

            \(record)
            """,
        examples: [
            "sluice service suspend seal --customer 42 --reason abuse --secret-file alice"
        ],
        operand: "SERVICE", options: options
    ) { arguments in
        await run("sluice service suspend", arguments, .suspend)
    }

    private static let lift = CommandSpecification(
        "lift", "Let a customer have a suspended service again.",
        discussion: """
            The service is disabled then, and its customer may enable it: without charge in a month \
            that is paid for, else for the days that are left of it.

            \(record)
            """,
        examples: [
            "sluice service lift seal --customer 42 --reason ended --secret-file alice"
        ],
        operand: "SERVICE", options: options
    ) { arguments in
        await run("sluice service lift", arguments, .lift)
    }

    private static func run(
        _ command: String, _ arguments: ParsedArguments, _ deed: OperatorSuspensions.Deed
    ) async -> ExitStatus {
        await OperatorRequest.ask(command, arguments) {
            requests, reason, secret throws(StorageError) in
            try await requests.ask(
                deed, arguments.operand ?? "", of: arguments.value(customer) ?? "",
                because: reason, secret: secret)
        }
    }
}
