import Escrow
import Identifiers
import Storage
import SuiProtocol

/// `sluice charge …`.
enum ChargeCommands {
    static let specification = CommandSpecification(
        group: "charge", "Look at single charges and refunds, and give them up.",
        subcommands: [show, cancel])

    private static let package = OptionSpecification.value(
        "--escrow-package", "ID",
        "Explain calls of this package as the escrow contract's, and of no other.")
    private static let usdc = OptionSpecification.value(
        "--usdc-type", "TYPE",
        "The type of USDC, 0x…::usdc::USDC (default: those of mainnet and testnet).")

    private static let show = CommandSpecification(
        "show", "Tell a charge's or refund's whole story.",
        discussion: """
            Who asked for it, the bytes that were signed and what they do in words, every digest \
            and what became of it, the chain's events, and all that moved in the ledger. Reads \
            only. With --json bytes and signatures are in Base64.

            Exit status: 0 told, 1 there is no such charge, 75 the database is away.
            """,
        examples: ["sluice charge show 01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"],
        operand: "ID", options: [package, usdc, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            guard let id = ChargeID(arguments.operand ?? "") else {
                Output.error("sluice charge show: '\(arguments.operand ?? "")' is no charge's id")
                return .usage
            }
            let words = try wording(arguments)
            return await CommandDatabase.run(
                "sluice charge show", arguments, deadlineMilliseconds: 30_000
            ) { database throws(StorageError) in
                try await tell(id, database, words, json: arguments.has(.json))
            }
        } catch {
            return error.report("sluice charge show")
        }
    }

    private static func wording(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> ChargeStoryText.Words {
        var words = ChargeStoryText.Words()
        if let text = arguments.value(package) {
            guard let id = try? SuiAddress(parsing: text) else {
                throw .invalidValue(
                    option: package.name, value: text, expected: "0x and up to 64 hex digits")
            }
            words.escrowPackage = id
        }
        if let text = arguments.value(usdc) {
            guard let type = try? TypeTag(parsing: text) else {
                throw .invalidValue(option: usdc.name, value: text, expected: "a Move type")
            }
            words.coins = [.sui, .usdc(type)]
        }
        return words
    }

    private static func tell(
        _ id: ChargeID, _ database: Database, _ words: ChargeStoryText.Words, json: Bool
    ) async throws(StorageError) -> ExitStatus {
        guard let story = try await ChargeStories(database: database).tell(id) else {
            Output.error("sluice charge show: there is no charge \(id)")
            return .finding
        }
        let text = ChargeStoryText(story: story, words: words)
        for line in json ? [text.json] : text.lines { Output.line(line) }
        return .done
    }
}
