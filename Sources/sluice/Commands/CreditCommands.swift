import Manager

/// `sluice credit …`.
enum CreditCommands {
    static let specification = CommandSpecification(
        group: "credit", "Grant what customers' invoices take before money.",
        subcommands: [grant])

    private static let customer = OptionSpecification.required(
        "--customer", "ID", "Who gets it.")
    private static let amount = OptionSpecification.required(
        "--amount", "MICRO", "In micro-USDC: 1 USDC is 1000000.")

    private static let grant = CommandSpecification(
        "grant", "Grant a customer a credit.",
        discussion: """
            The next invoices take it before the escrow account is charged, the oldest credit first, \
            until nothing of it is left.

            \(OperatorRequest.discussion)
            """,
        examples: [
            "sluice credit grant --customer 42 --amount 5000000 --reason away --secret-file alice"
        ],
        options: [customer, amount] + OperatorRequest.options
    ) { arguments in
        await OperatorRequest.run(
            "sluice credit grant", arguments,
            .grantCredit(
                customer: arguments.value(customer) ?? "", amount: arguments.value(amount) ?? ""))
    }
}
