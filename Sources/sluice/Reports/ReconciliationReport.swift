import ByteCodecs
import Escrow
import Identifiers
import SuiProtocol
import Synchronization

/// Prints what a reconciliation finds while it finds it: nothing is kept.
final class ReconciliationReport: Sendable {
    private static let columns = [
        "class", "what", "expected", "found", "account", "charge", "digest", "event", "next_step",
    ]

    private let format: ReportFormat
    private let progress: ProgressLine
    private let print: @Sendable (String) -> Void
    private let isFirst = Mutex(true)

    init(
        _ format: ReportFormat, progress: ProgressLine,
        print: @escaping @Sendable (String) -> Void = Output.line
    ) {
        self.format = format
        self.progress = progress
        self.print = print
    }

    func begin() {
        switch format {
        case .table: break
        case .csv: print(Self.columns.joined(separator: ","))
        case .json: print("{\"discrepancies\":[")
        }
    }

    func add(_ found: Discrepancy) {
        progress.clear()
        let isFirst = isFirst.withLock { first in
            defer { first = false }
            return first
        }
        switch format {
        case .table:
            if isFirst { print(Self.row(["CLASS", "WHAT", "EXPECTED", "FOUND"], "WHERE")) }
            print(Self.line(of: found))
        case .csv: print(Self.fields(of: found).map(Self.quoted).joined(separator: ","))
        case .json: print((isFirst ? "" : ",") + Self.text(Self.json(of: found)))
        }
    }

    func did(_ deed: RepairDeed) {
        progress.clear()
        guard format == .table else { return }
        let place = [deed.account?.description, deed.event.map(Self.text)].compactMap { $0 }
        print("repaired: \(deed.kind.rawValue), \(deed.detail), \(place.joined(separator: " "))")
    }

    func end(_ summary: ReconciliationSummary, repaired: [RepairDeed]) {
        progress.clear()
        switch format {
        case .table: for line in Self.lines(summary) { print(line) }
        case .csv: break
        case .json:
            let deeds = JSONValue.array(repaired.map(Self.json))
            print(
                "],\"repaired\":\(Self.text(deeds)),\"summary\":\(Self.text(Self.json(summary)))}")
        }
    }

    // MARK: - For a person

    private static func line(of found: Discrepancy) -> String {
        let place = [
            found.event.map(text), found.account?.description,
            found.charge.map { "charge \($0)" },
        ].compactMap { $0 }
        return row(
            [found.kind.rawValue, found.what, found.expected ?? "-", found.found ?? "-"],
            place.joined(separator: " "))
    }

    private static func row(_ cells: [String], _ last: String) -> String {
        let widths = [17, 24, 22, 22]
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: max(1, width + 1 - cell.count))
        }
        return padded.joined() + last
    }

    private static func lines(_ summary: ReconciliationSummary) -> [String] {
        var lines = [
            "compared up to checkpoint \(summary.mark): \(summary.events) events, "
                + "\(summary.entries) entries, \(summary.outcomes) outcomes, "
                + "\(summary.holds) holds, \(summary.accounts) accounts, "
                + "\(summary.invoices) invoices"
        ]
        if let chain = summary.chain {
            lines.append(
                "read again from the chain: checkpoints \(chain.lowerBound) to "
                    + "\(chain.upperBound), \(summary.objects) accounts")
        }
        if summary.moving > 0 {
            lines.append(
                "note: \(summary.moving) accounts changed while they were compared; try again")
        }
        lines += summary.notes.map { "note: \($0)" }
        if summary.isClean { return lines + ["No discrepancies."] }
        lines.append("Discrepancies: \(summary.discrepancies).")
        for kind in Discrepancy.Kind.allCases {
            guard let count = summary.found[kind] else { continue }
            lines.append("  \(kind.rawValue): \(count); \(Discrepancy(kind, "").nextStep)")
        }
        return lines
    }

    private static func text(_ event: EventID) -> String {
        "\(event.transaction):\(event.sequence)"
    }

    // MARK: - For a program

    private static func fields(of found: Discrepancy) -> [String] {
        [
            found.kind.rawValue, found.what, found.expected ?? "", found.found ?? "",
            found.account?.description ?? "", found.charge?.description ?? "",
            found.event.map { "\($0.transaction)" } ?? "",
            found.event.map { String($0.sequence) } ?? "", found.nextStep,
        ]
    }

    /// Source: RFC 4180, section 2.
    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else {
            return field
        }
        let doubled = field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        return "\"\(doubled)\""
    }

    private static func json(of found: Discrepancy) -> JSONValue {
        func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
            value.map { .string($0.description) } ?? .null
        }
        return [
            "class": .string(found.kind.rawValue), "what": .string(found.what),
            "expected": text(found.expected), "found": text(found.found),
            "account": text(found.account), "charge": text(found.charge),
            "digest": text(found.event?.transaction),
            "event": found.event.map { .integer($0.sequence) } ?? .null,
            "derivable": .bool(found.isDerivable), "nextStep": .string(found.nextStep),
        ]
    }

    private static func json(_ deed: RepairDeed) -> JSONValue {
        [
            "kind": .string(deed.kind.rawValue), "detail": .string(deed.detail),
            "account": deed.account.map { .string($0.description) } ?? .null,
            "digest": deed.event.map { .string($0.transaction.description) } ?? .null,
            "event": deed.event.map { .integer($0.sequence) } ?? .null,
        ]
    }

    private static func json(_ summary: ReconciliationSummary) -> JSONValue {
        func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
        var classes = JSONObject()
        for kind in Discrepancy.Kind.allCases {
            classes[kind.rawValue] = number(summary.found[kind] ?? 0)
        }
        return [
            "checkpoint": .integer(summary.mark), "events": number(summary.events),
            "entries": number(summary.entries), "outcomes": number(summary.outcomes),
            "holds": number(summary.holds), "accounts": number(summary.accounts),
            "invoices": number(summary.invoices),
            "chainFrom": summary.chain.map { .integer($0.lowerBound) } ?? .null,
            "chainTo": summary.chain.map { .integer($0.upperBound) } ?? .null,
            "objects": number(summary.objects), "moving": number(summary.moving),
            "notes": .array(summary.notes.map { .string($0) }),
            "discrepancies": number(summary.discrepancies), "classes": .object(classes),
            "clean": .bool(summary.isClean),
        ]
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }
}
