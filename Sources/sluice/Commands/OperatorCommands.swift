import Authentication
import ByteCodecs
import Determinism
import Manager
import Storage

/// `sluice keys operator …`.
enum OperatorCommands {
    static let specification = CommandSpecification(
        group: "operator", "People who use the manager's dashboard.",
        subcommands: [add, list, rotate, revoke])

    private static let nameRule =
        "1 to 64 of a-z, 0-9, '_', '.' and '-', beginning with a letter or digit"
    private static let name = OptionSpecification.required(
        "--name", "NAME", "Who it is: \(nameRule).")

    private static let add = CommandSpecification(
        "add", "Let somebody use the dashboard; the secret is shown this once.",
        discussion: """
            One for each person: whatever is done at the dashboard is on record under this name, and \
            what moves much money needs two. A name is given once and never again. Tools send the \
            secret as 'Authorization: Bearer …'.
            """,
        examples: ["sluice keys operator add --name alice"],
        options: [name, .json, .environmentFile]
    ) { arguments in
        await run("add", arguments) { operators, name throws(OperatorRefusal) in
            let new = try await operators.add(name, by: Operator.current.details)
            show(new, json: arguments.has(.json))
        }
    }

    private static func show(_ new: NewOperator, json: Bool) {
        if json {
            show(["name": .string(new.name), "secret": .string(new.secret)])
        } else {
            Output.line("name: \(new.name)")
            Output.line("secret: \(new.secret)")
            Output.line("Keep the secret now: it is not shown again.")
        }
    }

    private static let rotate = CommandSpecification(
        "rotate", "Give somebody a new secret, which is shown this once; the old one ends at once.",
        discussion: "Whoever is signed in by the old one is signed out.",
        examples: ["sluice keys operator rotate --name alice"],
        options: [name, .json, .environmentFile]
    ) { arguments in
        await run("rotate", arguments) { operators, name throws(OperatorRefusal) in
            let new = try await operators.rotate(name, by: Operator.current.details)
            show(new, json: arguments.has(.json))
        }
    }

    private static let list = CommandSpecification(
        "list", "List the operators, those revoked last.",
        examples: ["sluice keys operator list --json"], options: [.json, .environmentFile]
    ) { arguments in
        await inDatabase("list", arguments) { operators throws(OperatorRefusal) in
            let found = try await operators.list()
            if arguments.has(.json) {
                show(.array(found.map(value)))
                return
            }
            for one in found {
                let state = one.revokedAt.map { "revoked \($0.rfc3339)" } ?? "may sign in"
                Output.line("\(one.name)  made \(one.createdAt.rfc3339)  \(state)")
            }
            if found.isEmpty { Output.line("There is no operator.") }
        }
    }

    private static let revoke = CommandSpecification(
        "revoke", "Let somebody in no more, for ever; they are signed out at once.",
        examples: ["sluice keys operator revoke --name alice"], options: [name, .environmentFile]
    ) { arguments in
        await run("revoke", arguments) { operators, name throws(OperatorRefusal) in
            try await operators.revoke(name, by: Operator.current.details)
            Output.line("\(name) is let in no more")
        }
    }

    // MARK: - Running

    private static func run(
        _ command: String, _ arguments: ParsedArguments,
        _ body: (Operators, String) async throws(OperatorRefusal) -> Void
    ) async -> ExitStatus {
        let given = arguments.value(name) ?? ""
        guard Operators.isName(given) else {
            return UsageError.invalidValue(option: name.name, value: given, expected: nameRule)
                .report("sluice keys operator \(command)")
        }
        return await inDatabase(command, arguments) { operators throws(OperatorRefusal) in
            try await body(operators, given)
        }
    }

    private static func inDatabase(
        _ command: String, _ arguments: ParsedArguments,
        _ body: (Operators) async throws(OperatorRefusal) -> Void
    ) async -> ExitStatus {
        let command = "sluice keys operator \(command)"
        return await CommandDatabase.run(command, arguments) { database throws(StorageError) in
            do throws(OperatorRefusal) {
                try await body(Operators(database: database, surroundings: .live))
                return .done
            } catch {
                if case .storage(let error) = error { throw error }
                Output.error("\(command): \(reason(of: error))")
                return .finding
            }
        }
    }

    private static func reason(of refusal: OperatorRefusal) -> String {
        switch refusal {
        case .nameInvalid: "the name must be \(nameRule)"
        case .nameTaken: "there is, or was, an operator of that name"
        case .nameUnknown: "no operator of that name may sign in"
        case .throttled: "too many wrong secrets were tried: wait a minute"
        case .storage(let error): "\(error)"
        }
    }

    private static func show(_ value: JSONValue) {
        Output.line(String(decoding: value.serialized(), as: UTF8.self))
    }

    private static func value(_ entry: OperatorEntry) -> JSONValue {
        [
            "name": .string(entry.name), "createdAt": .string(entry.createdAt.rfc3339),
            "revokedAt": entry.revokedAt.map { .string($0.rfc3339) } ?? .null,
            "lastUsedAt": entry.lastUsedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
