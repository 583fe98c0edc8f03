import Authentication
import Storage

/// `sluice keys …`.
enum KeysCommands {
    static let specification = CommandSpecification(
        group: "keys", "Make and rotate keys.",
        subcommands: [rotate, service, OperatorCommands.specification])

    private static let now = OptionSpecification.flag(
        "--now", "For a key that may have leaked: believe the older keys no longer.")

    private static let rotate = CommandSpecification(
        "rotate", "Make a new key for signing access tokens.",
        discussion: """
            The new key is published first and signs once every cache of the key list has expired; \
            the old one stays until its last token is dead. Nobody has to sign in again.

            With --now the new key signs at once and no access token of an older key is believed \
            any more: the gateways know within a second, and their clients refresh. Sessions and \
            refresh tokens stay. Services that verify tokens by themselves may believe old ones \
            until their copy of the key list expires, 5 minutes at most, and refuse new ones until \
            they fetch it again.
            """,
        examples: ["sluice keys rotate", "sluice keys rotate --now"],
        options: [now, .environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        let status = await KeyCommands.rotate(immediately: arguments.has(now), configuration)
        return ExitStatus(rawValue: status) ?? .finding
    }

    private static let service = CommandSpecification(
        group: "service", "Keys with which the operator's own services sign their calls.",
        subcommands: [add, list, rotateSecret, retire, revoke])

    private static let name = OptionSpecification.required(
        "--name", "NAME", "Who will use the key: \(KeyCommands.nameRule).")
    private static let scopes = OptionSpecification.required(
        "--scopes", "LIST", "What it may do, between commas: \(scopeNames.joined(separator: ", "))."
    )
    private static let scopeNames = ServiceScope.allCases.map(\.rawValue)

    private static let inherit = OptionSpecification.flag(
        "--inherit",
        "Give the name of a revoked key again, and with it that key's Idempotency-Keys.")

    private static let edge = OptionSpecification.value(
        "--edge", "NAME",
        "With the scope ingest: the edge whose use it tells of (default: one of the key's name).")

    private static let add = CommandSpecification(
        "add", "Make a service key; its secret is shown this once.",
        discussion: """
            Idempotency-Keys belong to the name: whoever has it is answered as the holder before \
            was, and nothing is charged again. So the name of a revoked key is given again only \
            with --inherit.
            """,
        examples: [
            "sluice keys service add --name billing --scopes charges,refunds --json",
            "sluice keys service add --name billing --scopes charges,refunds --inherit",
            "sluice keys service add --name tokyo --scopes ingest --edge edge-3 --json",
        ],
        options: [name, scopes, edge, inherit, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            let (name, scopes) = (try checkedName(arguments), try checkedScopes(arguments))
            let edge = try checkedEdge(arguments, scopes)
            guard let configuration = ConfigurationLoader.configuration(arguments) else {
                return .finding
            }
            let status = await KeyCommands.addService(
                name: name, scopes: scopes, edge: edge, inherits: arguments.has(inherit),
                json: arguments.has(.json), configuration)
            return ExitStatus(rawValue: status) ?? .finding
        } catch {
            return error.report("sluice keys service add")
        }
    }

    private static let list = CommandSpecification(
        "list", "List the service keys, revoked ones too; no secret is shown.",
        discussion: "Exit status: 0 listed, 75 the database is away.",
        examples: ["sluice keys service list", "sluice keys service list --json"],
        options: [.json, .environmentFile]
    ) { arguments in
        await CommandDatabase.run("sluice keys service list", arguments) {
            database throws(StorageError) in
            let text = ServiceKeyList(entries: try await database.serviceKeys())
            for line in arguments.has(.json) ? [text.json] : text.lines { Output.line(line) }
            return .done
        }
    }

    private static let rotateSecret = CommandSpecification(
        "rotate", "Make a second secret for a key; both are good until retire.",
        examples: ["sluice keys service rotate --name billing --json"],
        options: [name, .json, .environmentFile]
    ) { arguments in
        await run("rotate", arguments) { name, configuration in
            await KeyCommands.rotateService(
                name: name, json: arguments.has(.json), configuration)
        }
    }

    private static let retire = CommandSpecification(
        "retire", "End all secrets of a key but the newest.",
        examples: ["sluice keys service retire --name billing"],
        options: [name, .environmentFile]
    ) { arguments in
        await run("retire", arguments, KeyCommands.retireService)
    }

    private static let revoke = CommandSpecification(
        "revoke", "End a key for ever; calls signed with it are refused from now on.",
        discussion: """
            With all its secrets and at every gateway. A charge that it asked for before stays. \
            For a service that goes on under its name: sluice keys service add --inherit.
            """,
        examples: ["sluice keys service revoke --name billing"],
        options: [name, .environmentFile]
    ) { arguments in
        await run("revoke", arguments, KeyCommands.revokeService)
    }

    private static func run(
        _ command: String, _ arguments: ParsedArguments,
        _ body: (String, Configuration) async -> Int32
    ) async -> ExitStatus {
        do throws(UsageError) {
            let name = try checkedName(arguments)
            guard let configuration = ConfigurationLoader.configuration(arguments) else {
                return .finding
            }
            return ExitStatus(rawValue: await body(name, configuration)) ?? .finding
        } catch {
            return error.report("sluice keys service \(command)")
        }
    }

    private static func checkedName(_ arguments: ParsedArguments) throws(UsageError) -> String {
        let given = arguments.value(name) ?? ""
        guard ServiceKeys.isName(given) else {
            throw .invalidValue(option: name.name, value: given, expected: KeyCommands.nameRule)
        }
        return given
    }

    private static func checkedEdge(
        _ arguments: ParsedArguments, _ scopes: Set<ServiceScope>
    ) throws(UsageError) -> String? {
        guard let given = arguments.value(edge) else { return nil }
        guard ServiceKeys.isEdge(given) else {
            throw .invalidValue(
                option: edge.name, value: given, expected: KeyCommands.edgeRule)
        }
        guard scopes.contains(.ingest) else {
            throw .invalidValue(
                option: edge.name, value: given, expected: "the scope ingest beside it")
        }
        return given
    }

    private static func checkedScopes(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> Set<ServiceScope> {
        let given = arguments.value(scopes) ?? ""
        var found: Set<ServiceScope> = []
        for part in given.split(separator: ",", omittingEmptySubsequences: false) {
            let text = ConfigurationReader.trimmed(part)
            guard let scope = ServiceScope(rawValue: text) else {
                let hint = Suggestion.nearest(to: text, among: scopeNames)
                throw .invalidValue(
                    option: scopes.name, value: given,
                    expected: "a list of \(scopeNames.joined(separator: ", "))"
                        + (hint.map { "; did you mean '\($0)'?" } ?? ""))
            }
            found.insert(scope)
        }
        return found
    }
}
