/// `sluice dev`.
enum DevCommand {
    static let specification = CommandSpecification(
        "dev", "Run everything on this machine, with a private database.",
        discussion: """
            Makes a PostgreSQL cluster of its own, migrates it, runs the gateway and a simulated \
            Sui node with a chain of its own, and stops all of it on Ctrl-C or SIGTERM. When all \
            is ready, ready.json in the state directory says where everything is. A second start \
            uses the same data. With SUI_GRAPHQL_URLS or SUI_JSON_RPC_URLS set, those nodes are \
            asked and none is simulated. With MOCK_HAPROXY=true the intake is fed with \
            made-up traffic of the API keys that there are. Its secrets are its own; ~/.env is never read. For \
            development only: cookies are not secure.
            """,
        examples: ["sluice dev", "sluice dev --state-dir /tmp/try --gateway-port 0 --fresh"],
        options: DevOptions.specifications
    ) { arguments in
        do throws(UsageError) {
            let options = try DevOptions(arguments)
            return await DevThread.run { DevStack.run(options) }
        } catch {
            return error.report("sluice dev")
        }
    }
}
