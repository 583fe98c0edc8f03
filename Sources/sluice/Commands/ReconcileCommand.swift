import Determinism
import Escrow
import Identifiers
import Observability
import Storage
import SuiProtocol

/// `sluice reconcile`.
enum ReconcileCommand {
    private static let since = OptionSpecification.value(
        "--since", "T", "Only events from T on: 2026-11-21T09:30:00Z, or 90m, 24h, 7d ago.")
    private static let customer = OptionSpecification.value(
        "--customer", "ID", "Only this customer's accounts.")
    private static let digest = OptionSpecification.value(
        "--digest", "D", "Only this transaction, and the accounts it is about.")
    private static let format = OptionSpecification.value(
        "--format", "table|csv|json", "How to print (default: table).")
    private static let repair = OptionSpecification.flag(
        "--repair",
        "Rebuild what follows from the chain's events alone; needs the manager to be stopped.")
    private static let fromStart = OptionSpecification.flag(
        "--from-start", "Read all events of the chain again, not only new ones.")
    private static let withoutNode = OptionSpecification.flag(
        "--no-chain", "Compare only what is stored; ask no node.")

    static let specification = CommandSpecification(
        "reconcile", "Compare chain, ledger, charges and invoices, and say what does not fit.",
        discussion: """
            Reads the database at one moment: events against entries and outcomes, holds against \
            charges, mirrors against their events and the ledger, invoices against charges; then the \
            chain's events since where they last fitted, and the accounts on chain. Memory stays \
            flat, and nothing is changed without --repair.

            Classes: missing_on_chain, missing_in_ledger, amount, account, state, orphan_event, \
            invoice_paid_twice, invoice_amount, invoice_unsettled, invoice_unpaid. Each comes with \
            its next step.

            --repair takes the lead, so it refuses while a manager runs. It rebuilds mirrors and \
            books events that were missed; it never invents a figure, says what it did, and leaves \
            a record of each deed in the audit log. What remains is printed.

            Exit status: 0 everything fits, 1 something does not, 75 database or node is away, or \
            a manager leads.
            """,
        examples: [
            "sluice reconcile --since 24h", "sluice reconcile --customer 42 --format json",
            "sluice reconcile --repair",
        ],
        options: [
            since, customer, digest, format, repair, fromStart, withoutNode, .environmentFile,
        ]
    ) { arguments in
        do throws(UsageError) {
            let scope = try scope(arguments)
            let format = try reportFormat(arguments)
            guard
                let parts = ReconciliationParts(
                    arguments, asksNode: !arguments.has(withoutNode), repairs: arguments.has(repair)
                )
            else { return .finding }
            defer { parts.close() }
            let run = Run(
                parts: parts, scope: scope, fromStart: arguments.has(fromStart),
                repairs: arguments.has(repair), format: format)
            return await run.perform()
        } catch {
            return error.report("sluice reconcile")
        }
    }

    // MARK: - The command line

    private static func scope(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> ReconciliationScope {
        var scope = ReconciliationScope()
        if let text = arguments.value(since) {
            guard let moment = moment(text) else {
                throw .invalidValue(
                    option: since.name, value: text,
                    expected: "a time in UTC such as 2026-11-21T09:30:00Z, or 90m, 24h, 7d")
            }
            scope.since = moment
        }
        if let text = arguments.value(customer) {
            guard let id = Int64(text).flatMap(CustomerID.init) else {
                throw .invalidValue(
                    option: customer.name, value: text, expected: "a customer's number")
            }
            scope.customer = id
        }
        if let text = arguments.value(digest) {
            guard let id = try? TransactionDigest(parsing: text) else {
                throw .invalidValue(
                    option: digest.name, value: text,
                    expected: "the digest of a transaction, 32 bytes in Base58")
            }
            scope.digest = id
        }
        return scope
    }

    private static func moment(_ text: String) -> Timestamp? {
        if let moment = Timestamp(rfc3339: text) { return moment }
        let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...1_000_000).contains(count)
        else { return nil }
        return Surroundings.live.now().adding(seconds: -count * unit)
    }

    private static func reportFormat(
        _ arguments: ParsedArguments
    ) throws(UsageError) -> ReportFormat {
        guard let text = arguments.value(format) else { return .table }
        guard let known = ReportFormat(rawValue: text) else {
            let names = ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue(option: format.name, value: text, expected: "one of \(names)")
        }
        return known
    }

    // MARK: - The work

    private struct Run {
        let parts: ReconciliationParts
        let scope: ReconciliationScope
        let fromStart: Bool
        let repairs: Bool
        let format: ReportFormat

        func perform() async -> ExitStatus {
            let progress = ProgressLine()
            defer { progress.clear() }
            let report = ReconciliationReport(format, progress: progress)
            do throws(ReconciliationError) {
                let deeds = try await repaired(report, progress)
                report.begin()
                let summary = try await parts.reconciliation.run(
                    scope, fromStart: fromStart || repairs, found: report.add,
                    progress: progress.show)
                report.end(summary, repaired: deeds)
                return summary.isClean ? .done : .finding
            } catch {
                progress.clear()
                Output.error("sluice reconcile: \(error)")
                return Self.status(error)
            }
        }

        /// What was done; nothing where nothing was asked for or needed.
        private func repaired(
            _ report: ReconciliationReport, _ progress: ProgressLine
        ) async throws(ReconciliationError) -> [RepairDeed] {
            guard repairs, let repair = parts.repair else { return [] }
            let wanted = DerivableAccounts()
            let summary = try await parts.reconciliation.run(
                scope, fromStart: true, found: wanted.add, progress: progress.show)
            guard !summary.isClean else { return [] }
            let done = DerivableAccounts.Deeds()
            try await repair.run(accounts: wanted.accounts, chain: wanted.chain(summary)) { deed in
                report.did(deed)
                done.add(deed)
            }
            return done.all
        }

        private static func status(_ error: ReconciliationError) -> ExitStatus {
            switch error {
            case .customerUnknown, .digestUnknown, .node(.node(.wrongChain)): .finding
            case .notFollowing, .storage, .node, .anotherLeads: .tryAgain
            }
        }
    }
}
