import ByteCodecs
import Determinism
import Escrow
import Manager
import Storage

/// `sluice breaks …`.
enum BreaksCommands {
    static let specification = CommandSpecification(
        group: "breaks", "See what did not fit and keeps accounts from being charged; accept it.",
        subcommands: [list, accept])

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
        await CommandDatabase.run("sluice breaks list", arguments) {
            database throws(StorageError) in
            let found = try await Breaks(database: database, surroundings: .live).open()
            show(found, json: arguments.has(.json))
            return found.isEmpty ? .done : .finding
        }
    }

    private static let accept = CommandSpecification(
        "accept", "Accept one break: say that you have looked, and believe the chain.",
        discussion: """
            Changes no figure: the ledger has followed the chain already. An account is charged \
            again once none of its breaks is open. The account's balance is what counts as moved.

            \(OperatorRequest.discussion)
            """,
        examples: [
            "sluice breaks accept 17 --reason \"ticket 4711: by hand\" --secret-file alice"
        ],
        operand: "NUMBER", options: OperatorRequest.options
    ) { arguments in
        guard let number = Int64(arguments.operand ?? ""), number > 0 else {
            Output.error("sluice breaks accept: '\(arguments.operand ?? "")' is no break's number")
            return .usage
        }
        return await OperatorRequest.run(
            "sluice breaks accept", arguments, .acceptBreak("\(number)"))
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
