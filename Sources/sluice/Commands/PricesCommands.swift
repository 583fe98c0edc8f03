import Authentication
import Billing
import Determinism
import Storage

/// `sluice prices …`.
enum PricesCommands {
    static let specification = CommandSpecification(
        group: "prices", "Check price books, and put one in force.",
        subcommands: [check, load])

    private static let rules = """
        A book with an error is refused whole, with the place and line of the first one. A book may \
        follow another only if every version that has begun is in it, unchanged, and no new one \
        begins in the past.
        """

    private static let check = CommandSpecification(
        "check", "Say whether a file could be loaded; changes nothing.",
        discussion: """
            \(rules)

            Exit status: 0 it could, 1 it could not, 75 the database is away.
            """,
        examples: ["sluice prices check pricebook.json"],
        operand: "FILE", options: [.environmentFile]
    ) { arguments in
        await run("check", arguments) { books, content throws(PriceBookRefusal) in
            switch try await books.check(content) {
            case true: "It would be in force."
            case false: "It is in force already."
            }
        }
    }

    private static let load = CommandSpecification(
        "load", "Put a file's prices in force.",
        discussion: """
            \(rules)

            A manager with SLUICE_PRICE_BOOK reads that file every 5 minutes and takes it again where \
            it differs: change the file there. Who loaded a book stays in the audit log.

            Exit status: 0 in force, 1 refused, 75 the database is away.
            """,
        examples: ["sluice prices load pricebook.json"],
        operand: "FILE", options: [.environmentFile]
    ) { arguments in
        await run("load", arguments) { books, content throws(PriceBookRefusal) in
            switch try await books.load(content, by: Operator.current.details) {
            case true: "The prices are in force."
            case false: "They are in force already."
            }
        }
    }

    private static func run(
        _ name: String, _ arguments: ParsedArguments,
        _ body: (PriceBooks, [UInt8]) async throws(PriceBookRefusal) -> String
    ) async -> ExitStatus {
        let path = arguments.operand ?? ""
        guard let content = FileBytes.read(path: path, limit: PriceBooks.sizeLimit) else {
            Output.error("sluice prices \(name): '\(path)' cannot be read")
            return .finding
        }
        return await CommandDatabase.run("sluice prices \(name)", arguments) {
            database throws(StorageError) in
            do throws(PriceBookRefusal) {
                Output.line(
                    try await body(
                        PriceBooks(database: database, surroundings: .live), content))
                return .done
            } catch .storage(let error) {
                throw error
            } catch {
                Output.error("sluice prices \(name): \(path): \(error)")
                return .finding
            }
        }
    }
}
