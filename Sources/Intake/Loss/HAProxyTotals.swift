/// What a worker of HAProxy has counted itself.
struct HAProxyTotals: Hashable, Sendable {
    let start: HAProxyStart
    /// Requests of each frontend since the worker's start; each has a line.
    let requests: [String: Int64]
    /// It was told to end, and finishes what it has.
    let isStopping: Bool
    /// Connections of clients.
    let connections: Int64

    /// Asks a running worker; nil when it does not say. The totals come last: a worker that had
    /// nothing more to do before has counted all.
    init?(_ session: RuntimeSession) {
        guard let variable = session.ask("get var proc.start"),
            let information = session.ask("show info"), let table = session.ask("show stat")
        else { return nil }
        self.init(information: information, variable: variable, table: table)
    }

    /// - Parameters: answers to `show info`, `get var proc.start` and `show stat`.
    init?(information: String, variable: String, table: String) {
        guard let process = Self.number("Pid", in: information),
            let microseconds = Self.between("<", ">", in: variable).flatMap({ Int64($0) }),
            let requests = Self.requests(in: table)
        else { return nil }
        start = HAProxyStart(microseconds: microseconds, process: process)
        self.requests = requests
        isStopping = Self.number("Stopping", in: information) == 1
        connections = Self.number("CurrConns", in: information) ?? 0
    }

    private static func number(_ name: String, in information: String) -> Int64? {
        information.split(separator: "\n").first { $0.hasPrefix(name + ": ") }
            .flatMap { Int64($0.dropFirst(name.count + 2)) }
    }

    private static func between(
        _ opening: Character, _ closing: Character, in text: String
    ) -> Substring? {
        guard let first = text.firstIndex(of: opening), let last = text.lastIndex(of: closing),
            first < last
        else { return nil }
        return text[text.index(after: first)..<last]
    }

    private static func requests(in table: String) -> [String: Int64]? {
        let lines = table.split(separator: "\n")
        func cells(_ line: Substring) -> [Substring] {
            line.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard let names = lines.first.map(cells), names.first == "# pxname",
            let kind = names.firstIndex(of: "svname"), let total = names.firstIndex(of: "req_tot")
        else { return nil }
        var requests: [String: Int64] = [:]
        for row in lines.dropFirst().map(cells)
        where row.count > max(kind, total) && row[kind] == "FRONTEND" {
            requests[String(row[0])] = Int64(row[total])
        }
        return requests
    }
}
