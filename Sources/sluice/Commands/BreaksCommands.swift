import Authentication
import ByteCodecs
import Determinism
import Escrow
import Storage

/// `sluice breaks …`.
enum BreaksCommands {
    static let specification = CommandSpecification(
        group: "breaks", "See what did not fit and keeps accounts from being charged; accept it.",
        subcommands: [list, accept])

    private static let reason = OptionSpecification.required(
        "--reason", "TEXT", "What you found, for the audit log: 1 to \(reasonLimit) characters.")
    private static let reasonLimit = 500

    private static let list = CommandSpecification(
        "list", "List the breaks that nobody has accepted yet.",
        discussion: """
            Each froze its account when it was booked. 'sluice reconcile' compares everything anew; \
            this list is what the follower raised.

            Exit status: 0 there is none, 1 there is one at least, 75 the database is away.
            """,
        examples: ["sluice breaks list", "sluice breaks list --json"],
        options: [.json, .environmentFile]
    ) { arguments in
        await inDatabase(arguments, "list") { breaks throws(StorageError) in
            let found = try await breaks.open()
            show(found, json: arguments.has(.json))
            return found.isEmpty ? .done : .finding
        }
    }

    private static let accept = CommandSpecification(
        "accept", "Accept one break: say that you have looked, and believe the chain.",
        discussion: """
            Changes no figure: the ledger has followed the chain already. An account is charged \
            again once none of its breaks is open. Who accepted it, and why, stays in the audit log.

            Exit status: 0 accepted, 1 no such break is open, 75 the database is away.
            """,
        examples: ["sluice breaks accept 17 --reason \"ticket 4711: charged by hand\""],
        operand: "NUMBER", options: [reason, .environmentFile]
    ) { arguments in
        guard let number = Int64(arguments.operand ?? ""), number > 0 else {
            Output.error("sluice breaks accept: '\(arguments.operand ?? "")' is no break's number")
            return .usage
        }
        let words = arguments.value(reason) ?? ""
        guard (1...reasonLimit).contains(words.count), !words.utf8.contains(where: { $0 < 0x20 })
        else {
            return UsageError.invalidValue(
                option: reason.name, value: String(words.prefix(40)),
                expected: "1 to \(reasonLimit) characters on one line"
            ).report("sluice breaks accept")
        }
        return await inDatabase(arguments, "accept") { breaks throws(StorageError) in
            tell(
                try await breaks.accept(number, because: words, by: Operator.current.details),
                number)
        }
    }

    private static func inDatabase(
        _ arguments: ParsedArguments, _ name: String,
        _ body: (Breaks) async throws(StorageError) -> ExitStatus
    ) async -> ExitStatus {
        await CommandDatabase.run("sluice breaks \(name)", arguments) {
            database throws(StorageError) in
            try await body(Breaks(database: database, surroundings: .live))
        }
    }

    private static func tell(_ acceptance: Breaks.Acceptance, _ number: Int64) -> ExitStatus {
        switch acceptance {
        case .accepted(let found, 0):
            Output.line("accepted: account \(found.account) is charged again")
            return .done
        case .accepted(let found, let left):
            Output.line("accepted: account \(found.account) has \(left) more that are open")
            return .done
        case .notOpen:
            Output.error("sluice breaks accept: no break \(number) is open")
            return .finding
        }
    }

    private static func show(_ found: [OpenBreak], json: Bool) {
        if json {
            let list = JSONValue.array(found.map(value))
            Output.line(String(decoding: list.serialized(), as: UTF8.self))
            return
        }
        for one in found {
            Output.line(
                "\(one.number)  \(one.raisedAt.rfc3339)  \(one.name)  account \(one.account)  "
                    + "event \(one.event.transaction):\(one.event.sequence)")
        }
        if found.isEmpty { Output.line("No break is open.") }
    }

    private static func value(_ found: OpenBreak) -> JSONValue {
        [
            "number": .integer(found.number), "class": .string(found.name),
            "account": .string("\(found.account)"),
            "digest": .string("\(found.event.transaction)"),
            "event": .integer(found.event.sequence), "raisedAt": .string(found.raisedAt.rfc3339),
        ]
    }
}
