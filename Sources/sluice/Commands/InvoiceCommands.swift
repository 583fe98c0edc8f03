import Billing
import Determinism
import Identifiers
import Manager
import Storage

/// `sluice invoice …`.
enum InvoiceCommands {
    static let specification = CommandSpecification(
        group: "invoice", "Look at single invoices, rate them again, void them.",
        subcommands: [show, rate, void])

    private static let sample = OptionSpecification.value(
        "--sample", "N", "How many raw lines to show behind each line: 0 to 100 (default 3).")

    private static let show = CommandSpecification(
        "show", "Walk from an invoice to what it rests on.",
        discussion: """
            The invoice, its lines, the hours of each with the requests that stand on it, a sample \
            of HAProxy's raw lines behind them (as long as they are kept), and the charge with its \
            digest. Reads only.

            Exit status: 0 shown, 1 there is no such invoice, 75 the database is away.
            """,
        examples: ["sluice invoice show 01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68 --sample 10"],
        operand: "ID", options: [sample, .json, .environmentFile]
    ) { arguments in
        do throws(UsageError) {
            let count = try sampleCount(arguments)
            guard let id = invoice(arguments, "show") else { return .usage }
            return await CommandDatabase.run("sluice invoice show", arguments) {
                database throws(StorageError) in
                let invoices = Invoices(database: database, surroundings: .live)
                guard let story = try await InvoiceStory(id, sample: count, from: invoices) else {
                    return missing(id, "show")
                }
                for line in arguments.has(.json) ? [story.json] : story.text { Output.line(line) }
                return .done
            }
        } catch {
            return error.report("sluice invoice show")
        }
    }

    private static let rate = CommandSpecification(
        "rate", "Rate a closed invoice again and compare.",
        discussion: """
            Computes every line anew from what it rests on, by the prices that it names, and holds \
            hours against the sums that are stored now. A closed invoice gives the same figures for \
            ever. Reads only.

            Exit status: 0 nothing differs, 1 something does or there is no such invoice, 75 the \
            database is away.
            """,
        examples: ["sluice invoice rate 01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"],
        operand: "ID", options: [.json, .environmentFile]
    ) { arguments in
        guard let id = invoice(arguments, "rate") else { return .usage }
        return await CommandDatabase.run("sluice invoice rate", arguments) {
            database throws(StorageError) in
            try await rateAgain(id, on: database, json: arguments.has(.json))
        }
    }

    private static let void = CommandSpecification(
        "void", "Have nobody pay an invoice.",
        discussion: """
            For an invoice that is closed or past due. Credits that it had taken are given back; what \
            was used stays invoiced by it and is on no other. One whose charge is under way or has \
            settled is not voided: refund the charge.

            \(OperatorRequest.discussion)
            """,
        examples: [
            "sluice invoice void 01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68 --reason 4711 --secret-file alice"
        ],
        operand: "ID", options: OperatorRequest.options
    ) { arguments in
        guard let id = invoice(arguments, "void") else { return .usage }
        return await OperatorRequest.run(
            "sluice invoice void", arguments, .voidInvoice("\(id)"))
    }

    private static func rateAgain(
        _ id: InvoiceID, on database: Database, json: Bool
    ) async throws(StorageError) -> ExitStatus {
        let books = PriceBooks(database: database, surroundings: .live)
        guard let book = try await books.current() else {
            Output.error("sluice invoice rate: no prices are loaded")
            return .finding
        }
        let invoices = Invoices(database: database, surroundings: .live)
        guard let stored = try await invoices.find(id),
            let differences = try await invoices.rate(id, by: book)
        else { return missing(id, "rate") }
        let report = RatingReport(invoice: stored, differences: differences)
        for line in json ? [report.json] : report.text { Output.line(line) }
        return differences.isEmpty ? .done : .finding
    }

    private static func invoice(_ arguments: ParsedArguments, _ command: String) -> InvoiceID? {
        let text = arguments.operand ?? ""
        guard let id = InvoiceID(text) else {
            Output.error("sluice invoice \(command): '\(text)' is no invoice's id")
            return nil
        }
        return id
    }

    private static func missing(_ id: InvoiceID, _ command: String) -> ExitStatus {
        Output.error("sluice invoice \(command): there is no invoice \(id)")
        return .finding
    }

    private static func sampleCount(_ arguments: ParsedArguments) throws(UsageError) -> Int {
        guard let text = arguments.value(sample) else { return 3 }
        guard let count = Int(text), String(count) == text, (0...100).contains(count) else {
            throw .invalidValue(
                option: sample.name, value: text, expected: "a whole number from 0 to 100")
        }
        return count
    }
}
