import Audit
import Authentication
import Gateway
import Observability
import Storage
import SuiNodeClient

/// What `GET /ready` looks at in a live gateway.
enum ReadinessChecks {
    static func all(
        database: Database, endedSessions: EndedSessions, signingKeys: SigningKeys?,
        sealer: AuditSealer, node: SuiNodes, hasEscrow: Bool
    ) -> [ReadinessCheck] {
        [
            ReadinessCheck(name: "database") { await databaseState(database) },
            ReadinessCheck(name: "endedSessions") {
                endedSessions.hasHeard
                    ? endedSessions.isFresh ? .ok : .degraded("news of ended sessions are late")
                    : .unavailable("ended sessions are not loaded yet")
            },
            ReadinessCheck(name: "signingKeys") {
                signingKeys.map { state($0.standing) } ?? .ok
            },
            ReadinessCheck(name: "audit") {
                sealer.isRefusing
                    ? .degraded("the sealed audit log is not the one this gateway remembers") : .ok
            },
            ReadinessCheck(name: "node") {
                guard node.isConfigured else { return .absent }
                return node.isHealthy ? .ok : .degraded("no Sui node answers")
            },
            ReadinessCheck(name: "escrow") {
                guard hasEscrow else { return .absent }
                return node.isConfigured ? .ok : .degraded("no Sui node is configured")
            },
        ]
    }

    private static func state(_ standing: SigningKeyStanding) -> CheckState {
        switch standing {
        case .ready: .ok
        case .unopened(let count):
            .degraded("signing keys sealed with another DB_ENCRYPTION_KEY: \(count)")
        case .unread: .degraded("the signing keys could not be read the last time")
        case .noSigner: .unavailable("no signing key is loaded that signs now")
        }
    }

    private static func databaseState(_ database: Database) async -> CheckState {
        do {
            return try await database.schemaStatus().isCurrent
                ? .ok : .unavailable("the schema is older than this program: run sluice migrate")
        } catch {
            return .unavailable("the database does not answer")
        }
    }
}
