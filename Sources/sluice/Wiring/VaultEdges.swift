import Gateway
import Services
import Storage
import Vault

/// What the edges report to the database, for the call that revokes a key.
struct VaultEdges: EdgeService {
    let database: Database

    func standings(having mark: TransactionMark) async throws -> [EdgeStanding] {
        try await database.edgeStandings(having: mark).map { standing in
            EdgeStanding(
                edge: standing.edge, hasApplied: standing.hasApplied, version: standing.version,
                reportedAt: standing.reportedAt)
        }
    }
}
