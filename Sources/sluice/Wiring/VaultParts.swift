import Billing
import Cryptography
import Determinism
import Escrow
import Observability
import Services
import Storage
import Vault

/// What writes the vault: keys, folder and connections.
final class VaultParts: Sendable {
    /// All keys are read within it.
    private static let readingMilliseconds: Int64 = 120_000

    let database: Database
    let key: Ed25519SigningKey
    private let folder: VaultFolder
    private let reading: Database
    private let sealing: VaultKeySealing
    private let books: PriceBooks

    /// - Returns: nil where no vault is configured.
    /// - Throws: ``ConfigurationRefusal`` for one that is only in part.
    init?(
        _ configuration: Configuration, database: Database, logger: Logger,
        metrics: MetricsRegistry
    ) throws {
        let settings = configuration.vault
        guard let directory = settings.directory else { return nil }
        guard let keyFile = settings.keyFile, !settings.sealingKeys.isEmpty else {
            throw ConfigurationRefusal(problems: [
                ConfigurationProblem(
                    subject: ConfigurationVariable.vaultDirectory.name,
                    reason: "is set, but not SLUICE_VAULT_KEY_FILE and VAULT_KEY")
            ])
        }
        key = try VaultSigningKey.load(keyFile)
        folder = VaultFolder(path: directory)
        self.database = database
        reading = try Database(
            DatabaseConfiguration(
                url: configuration.database.url.text, poolSize: 1,
                deadlineMilliseconds: Self.readingMilliseconds,
                preparesStatements: configuration.database.preparesStatements,
                applicationName: "sluice vault"),
            logger: logger, metrics: metrics, pool: "vault")
        sealing = VaultKeySealing(
            stored: try LiveParts.sealer(configuration),
            sealer: VaultKeySealer(try SecretSealer(keys: settings.sealingKeys)))
        books = PriceBooks(database: database, surroundings: .live)
    }

    /// - Returns: nil before there are prices, and so no rates.
    func publisher() async throws(StorageError) -> VaultPublisher? {
        guard let book = try await books.current() else { return nil }
        return VaultPublisher(
            folder, database: database, reading: reading, key: key, sealing: sealing,
            surroundings: .live
        ) { now in
            VaultRates(book, at: now)
        }
    }

    /// Runs statements by hand, beside whoever leads.
    var commit: VaultPublisher.Commit {
        { [database] body async throws(VaultError) in
            do throws(StorageError) {
                try await database.transaction { transaction throws(StorageError) in
                    try await body(transaction)
                }
            } catch {
                throw .storage(error)
            }
        }
    }

    /// Runs statements as the leader, or not at all.
    func commit(as leader: Generation) -> VaultPublisher.Commit {
        { [database] body async throws(VaultError) in
            do throws(LeaderError) {
                try await database.lead(as: leader) { transaction throws(StorageError) in
                    try await body(transaction)
                }
            } catch {
                throw VaultError(error)
            }
        }
    }

    func close() {
        reading.close()
        database.close()
    }
}

extension VaultError {
    init(_ error: LeaderError) {
        switch error {
        case .deposed: self = .deposed
        case .storage(let error): self = .storage(error)
        }
    }
}

extension VaultRates {
    /// Of all tiers that are sold.
    init(_ book: PriceBook, at now: Timestamp) {
        var rates: [Tariff: Int] = [:]
        for prices in book.version(at: now)?.services ?? [] {
            for tier in ServiceTier.allCases {
                guard let terms = try? prices.terms(of: tier) else { continue }
                rates[Tariff(prices.type, tier, hasBurst: false)] = Int(terms.requestsPerSecond)
                if let burst = terms.burst {
                    rates[Tariff(prices.type, tier, hasBurst: true)] = Int(burst.requestsPerSecond)
                }
            }
        }
        self.init(rates)
    }
}
