import Escrow
import Manager
import Observability
import Storage
import Vault

/// What the manager does so that HAProxy knows whom to serve: `vault`.
enum VaultTask {
    /// A revoked key has to be known at the edge within two seconds.
    private static let milliseconds: Int64 = 300

    /// - Returns: none where no vault is configured.
    static func all(_ parts: ManagerTasks.Parts) throws -> [ManagerTask] {
        guard
            let vault = try VaultParts(
                parts.configuration, database: parts.database, logger: parts.logger,
                metrics: parts.metrics)
        else { return [] }
        let version = parts.metrics.gauge(
            "sluice_vault_version", help: "Version of the vault that was written last.")
        let edges = LateEdges(database: parts.database, metrics: parts.metrics)
        return [
            ManagerTask("vault", everyMilliseconds: milliseconds) { leader in
                let outcome: VaultOutcome
                do throws(VaultError) {
                    outcome = try await look(vault, as: leader)
                } catch {
                    throw told(error)
                }
                version.set(outcome.manifest?.version ?? 0)
                return try await edges.found(beside: TaskReport(outcome))
            }
        ]
    }

    private static func look(
        _ vault: VaultParts, as leader: Generation
    ) async throws(VaultError) -> VaultOutcome {
        let publisher: VaultPublisher?
        do throws(StorageError) {
            publisher = try await vault.publisher()
        } catch {
            throw .storage(error)
        }
        return try await publisher?.run(as: vault.commit(as: leader)) ?? VaultOutcome()
    }

    private static func told(_ error: VaultError) -> any Error {
        switch error {
        case .deposed: LeaderError.deposed
        case .storage(let error): LeaderError.storage(error)
        case .refused(let refusal): TaskFailure(refusal.code, "\(refusal)")
        case .versionGone: TaskFailure("vault_version_gone", "\(error)")
        }
    }
}

extension TaskReport {
    init(_ outcome: VaultOutcome) {
        self.init([
            "versions": Int64(outcome.published), "sealed": Int64(outcome.sealed),
            "resealed": Int64(outcome.resealed), "expired": Int64(outcome.expired),
            "renewed": outcome.isRenewed ? 1 : 0,
        ])
        if let version = outcome.rolledBackTo {
            finding = "vault_rolled_back"
            detail = "keys are held to version \(version): see 'sluice vault write'"
        } else if let version = outcome.foreignKey {
            finding = "vault_key_foreign"
            detail = "keys are sealed under another VAULT_KEY v\(version) than this: none is sealed"
        } else if outcome.unsealable > 0 {
            finding = "vault_key_unsealable"
            detail = "\(outcome.unsealable) keys do not open: is DB_ENCRYPTION_KEY theirs?"
        } else if outcome.withoutRate > 0 {
            finding = "vault_rate_unknown"
            detail = "\(outcome.withoutRate) keys are left out: the price book has no such tier"
        }
    }
}
