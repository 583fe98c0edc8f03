/// `sluice keys …`.
enum KeysCommands {
    static let specification = CommandSpecification(
        group: "keys", "Make and rotate keys.",
        subcommands: [rotate, service])

    private static let rotate = CommandSpecification(
        "rotate", "Make a new key for signing access tokens.",
        discussion: """
            The new key is published first and signs once every cache of the key list has expired; \
            the old one stays until its last token is dead. Nobody has to sign in again.
            """,
        options: [.environmentFile]
    ) { arguments in
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        return ExitStatus(rawValue: await KeyCommands.rotate(configuration)) ?? .finding
    }

    private static let service = CommandSpecification(
        group: "service", "Keys with which the operator's own services sign their calls.",
        subcommands: [add])

    private static let name = OptionSpecification.required(
        "--name", "NAME", "Who will use the key; 1 to 64 of a-z, 0-9, '_' and '-'.")
    private static let scopes = OptionSpecification.required(
        "--scopes", "LIST", "What it may do, between commas: \(scopeNames.joined(separator: ", "))."
    )
    private static let scopeNames = ["charges", "refunds", "ingest", "reports"]

    private static let add = CommandSpecification(
        "add", "Make a service key; its secret is shown this once.",
        examples: ["sluice keys service add --name billing --scopes charges,refunds --json"],
        options: [name, scopes, .json, .environmentFile]
    ) { arguments in
        guard let name = checkedName(arguments), let scopes = checkedScopes(arguments) else {
            return .usage
        }
        guard let configuration = ConfigurationLoader.configuration(arguments) else {
            return .finding
        }
        let status = await KeyCommands.addService(
            name: name, scopes: scopes, json: arguments.has(.json), configuration)
        return ExitStatus(rawValue: status) ?? .finding
    }

    private static func checkedName(_ arguments: ParsedArguments) -> String? {
        let name = arguments.value(name) ?? ""
        let isAllowed = name.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                || "-_".utf8.contains(byte)
        }
        if isAllowed, (1...64).contains(name.utf8.count) { return name }
        Output.error(
            "sluice keys service add: --name must be 1 to 64 of a-z, 0-9, '_' and '-'")
        return nil
    }

    private static func checkedScopes(_ arguments: ParsedArguments) -> [String]? {
        let scopes = (arguments.value(scopes) ?? "").split(separator: ",").map {
            ConfigurationReader.trimmed($0)
        }
        if scopes.isEmpty {
            Output.error("sluice keys service add: --scopes names no scope")
            return nil
        }
        for scope in scopes where !scopeNames.contains(scope) {
            let hint = Suggestion.nearest(to: scope, among: scopeNames)
            Output.error(
                "sluice keys service add: unknown scope '\(scope)'"
                    + (hint.map { "; did you mean '\($0)'?" } ?? ""))
            return nil
        }
        return scopes
    }
}
