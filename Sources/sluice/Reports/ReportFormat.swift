/// How a list is printed.
enum ReportFormat: String, CaseIterable, Sendable {
    case table, csv, json
}
