import Authentication
import Determinism
import Escrow
import Identifiers
import Storage

extension ChargeCommands {
    /// `sluice charge cancel`.
    static let cancel = CommandSpecification(
        "cancel", "Ask the manager to give a charge or refund up.",
        discussion: """
            One that is only planned is withdrawn. One that is signed is cancelled on chain: \
            whichever runs first decides, so it may still settle. 'sluice charge show' tells. Who \
            asked is in the audit log.

            Exit status: 0 asked, 1 it has an outcome already or is unknown, 75 the database is \
            away.
            """,
        examples: ["sluice charge cancel 01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"],
        operand: "ID", options: [.environmentFile]
    ) { arguments in
        guard let id = ChargeID(arguments.operand ?? "") else {
            Output.error("sluice charge cancel: '\(arguments.operand ?? "")' is no charge's id")
            return .usage
        }
        return await CommandDatabase.run("sluice charge cancel", arguments) {
            database throws(StorageError) in
            let cancellations = Cancellations(database: database, surroundings: .live)
            guard try await cancellations.ask(for: id, by: Operator.current.details) else {
                Output.error("sluice charge cancel: \(id) has an outcome already, or is unknown")
                return .finding
            }
            Output.line("asked: the manager gives it up, unless it has run by then")
            return .done
        }
    }
}
