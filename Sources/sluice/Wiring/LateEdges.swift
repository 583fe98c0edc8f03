import Determinism
import Manager
import Observability
import Storage
import Synchronization
import Vault

/// Finds edges that refuse vaults or are silent, where the manager's operators look.
final class LateEdges: Sendable {
    /// Until then an edge may be about to apply it; reports come every ten seconds.
    private static let milliseconds: Int64 = 60_000
    /// The task comes much more often.
    private static let pauseMilliseconds: Int64 = 5000
    private static let namedCount = 5

    private struct Seen {
        var due = Deadline.now
        var edges: [VaultEdgeRow] = []
    }

    private let database: Database
    private let late: Gauge
    private let seen = Mutex(Seen())

    init(database: Database, metrics: MetricsRegistry) {
        self.database = database
        late = metrics.gauge(
            "sluice_vault_edges_late",
            help: "Edges that are a minute behind the vault, or silent for as long.")
    }

    /// - Returns: the report with a finding, where there are such edges and it has none of its own.
    func found(beside report: TaskReport) async throws(StorageError) -> TaskReport {
        if seen.withLock({ $0.due.isPast }) {
            let moment = Surroundings.live.now().adding(milliseconds: -Self.milliseconds)
            let edges = try await database.lateVaultEdges(
                since: moment, silentMilliseconds: Self.milliseconds)
            late.set(Int64(edges.count))
            seen.withLock {
                $0 = Seen(due: .after(milliseconds: Self.pauseMilliseconds), edges: edges)
            }
        }
        let edges = seen.withLock { $0.edges }
        guard !edges.isEmpty, report.finding == nil else { return report }
        var report = report
        report.finding = "vault_edge_behind"
        report.detail = Self.detail(edges)
        return report
    }

    private static func detail(_ edges: [VaultEdgeRow]) -> String {
        let named = edges.prefix(namedCount).map { edge in
            let why = edge.error.map { ", \(edge.standing): \($0)" } ?? ""
            return "\(edge.edge) (version \(edge.version)\(why))"
        }
        let more = edges.count > namedCount ? " and \(edges.count - namedCount) more" : ""
        return "behind or silent for a minute: \(named.joined(separator: ", "))\(more): "
            + "see 'sluice vault edges list'"
    }
}
