import Authentication
import Determinism
import Observability
import Storage

/// Looks at the database: is it there, is it new enough, does its schema and its keys fit.
enum DatabaseExamination {
    /// Challenges live five minutes and tokens have 30 s of leeway; half a leeway is too much.
    private static let skewMilliseconds: Int64 = 15_000

    static func run(_ configuration: Configuration) async -> [Examination] {
        let parts = ["schema", "signing keys", "clock"]
        guard let database = try? LiveParts.database(configuration, poolSize: 1) else {
            return [.failed("database", "DATABASE_URL is not understood")] + skip(parts)
        }
        defer { database.close() }
        do throws(StorageError) {
            let before = Surroundings.live.now()
            guard let facts = try await database.serverFacts() else {
                return [.failed("database", "gave no answer")] + skip(parts)
            }
            return [
                server(facts), await schema(database), await keys(configuration, database),
                clock(facts, before: before, after: Surroundings.live.now()),
            ]
        } catch {
            return [.failed("database", error.description)] + skip(parts)
        }
    }

    private static func skip(_ parts: [String]) -> [Examination] {
        parts.map { .skipped($0, "needs the database") }
    }

    private static func server(_ facts: ServerFacts) -> Examination {
        let version = "PostgreSQL \(facts.version / 10_000).\(facts.version % 10_000)"
        if facts.version < Int64(PostgresInstallation.oldestSupported) * 10_000 {
            return .failed(
                "database", "\(version) is older than \(PostgresInstallation.oldestSupported)")
        }
        return facts.isReplica
            ? .failed("database", "\(version) is a standby and cannot be written")
            : .fine("database", "\(version) answers")
    }

    private static func schema(_ database: Database) async -> Examination {
        do throws(StorageError) {
            let status = try await database.schemaStatus()
            if let changed = status.changed.first {
                return .failed("schema", "\(changed) was applied with another content")
            }
            return status.missing.isEmpty
                ? .fine("schema", "up to date, \(status.applied.count) migrations")
                : .failed(
                    "schema", "\(status.missing.joined(separator: ", ")) missing: sluice migrate")
        } catch {
            return .failed("schema", error.description)
        }
    }

    /// Only reads: a doctor makes no key.
    private static func keys(
        _ configuration: Configuration, _ database: Database
    ) async -> Examination {
        guard configuration.tokens.algorithm == .edDSA else {
            return .fine("signing keys", "HS256, by JWT_SECRET")
        }
        guard let keys = try? LiveParts.signingKeys(configuration, database) else {
            return .failed("signing keys", "no locked memory is left; raise ulimit -l")
        }
        do throws(SigningKeyError) {
            try await keys.refresh()
            if let foreign = keys.unopened.first {
                return .failed(
                    "signing keys", "\(foreign) was sealed with another DB_ENCRYPTION_KEY")
            }
            return keys.standing == .noSigner
                ? .fine("signing keys", "none yet; the first gateway makes one")
                : .fine("signing keys", "open with DB_ENCRYPTION_KEY")
        } catch {
            return .failed("signing keys", "cannot be read")
        }
    }

    private static func clock(
        _ facts: ServerFacts, before: Timestamp, after: Timestamp
    ) -> Examination {
        let early = before.milliseconds - facts.now.milliseconds
        let late = facts.now.milliseconds - after.milliseconds
        let skew = max(0, early, late)
        return skew > skewMilliseconds
            ? .failed("clock", "differs from the database's by \(skew) ms")
            : .fine("clock", "agrees with the database's within \(max(skew, 1)) ms")
    }
}
