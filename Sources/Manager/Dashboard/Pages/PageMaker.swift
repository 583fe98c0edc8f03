import ByteCodecs
import Determinism
import Storage

/// Makes the dashboard's pages from what is stored. Each page has one file.
struct PageMaker: Sendable {
    /// Rows that a table shows at once.
    static let limit = 200
    /// And one that shows only what came last.
    static let newest = 50
    static let away = "This cannot be told just now"

    let database: Database
    let surroundings: Surroundings
    let tasks: [ManagerTask]
    let report: @Sendable () async -> ManagerReport
    /// The chain's newest checkpoint as a node tells it; nil where none does.
    let tip: @Sendable () async -> Int64?

    typealias Column = PageTable.Column

    /// A table that cannot be read leaves the rest of the page as it is.
    ///
    /// - Parameter limit: as the query has it, where it has one.
    func table(
        _ id: String, _ title: String, note: String? = nil, empty: String = "Nothing.",
        _ columns: [Column], actions: [PageTable.RowAction] = [],
        limit: Int = Self.limit, _ query: SQL
    ) async -> PageSection {
        do throws(StorageError) {
            let rows = try await database.objects(query)
            let isCut = rows.count >= limit
            let cut = isCut ? "The first \(limit) are shown." : nil
            let words = [note, cut].compactMap { $0 }.joined(separator: " ")
            return .table(
                PageTable(
                    id: id, title: title, note: words.isEmpty ? nil : words, columns: columns,
                    rows: rows, actions: actions, empty: empty, isCut: isCut))
        } catch {
            return .failed(id: id, title: title, words: "\(Self.away): \(error).")
        }
    }

    /// Names with values, out of one row.
    func facts(
        _ id: String, _ title: String, _ columns: [(id: String, label: String, PageFormat)],
        hrefs: [String: String] = [:], _ query: SQL
    ) async -> PageSection {
        guard let members = try? await database.object(query) else {
            return .failed(id: id, title: title, words: Self.away + ".")
        }
        return .facts(
            id: id, title: title,
            columns.map { column in
                PageFact(
                    id: column.id, label: column.label, value: members[column.id] ?? .null,
                    format: column.2, href: hrefs[column.id])
            })
    }

    /// - Parameter query: rows with `label`, `value` and, where it is known, `isBad`.
    func chart(
        _ id: String, _ title: String, unit: String, _ query: SQL
    ) async -> PageSection {
        guard let rows = try? await database.objects(query) else {
            return .failed(id: id, title: title, words: Self.away + ".")
        }
        let bars = rows.compactMap { row -> PageChart.Bar? in
            guard case .object(let members) = row, case .string(let label)? = members["label"],
                case .integer(let value)? = members["value"]
            else { return nil }
            return PageChart.Bar(
                label: label, value: value, isBad: members["isBad"] == .bool(true))
        }
        return .chart(PageChart(id: id, title: title, unit: unit, bars: bars))
    }
}
