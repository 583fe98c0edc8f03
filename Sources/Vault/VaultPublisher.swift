public import Cryptography
public import Determinism
import Identifiers
import Services
public import Storage

/// Keeps a vault folder at what the database says.
///
/// A version is made in this order: its files, in a folder of no name; its row, with the moment of
/// the database that was read; the folder's name and the link; the mark in the row that it is in
/// force. Whoever dies in between leaves at most a row of a version that nobody has, or a mark to
/// be made up for, which the next look does.
public struct VaultPublisher: Sendable {
    /// Runs statements as the one who may write: the leader, or an operator by hand.
    public typealias Commit =
        @Sendable (
            @escaping @Sendable (Transaction) async throws(StorageError) -> Void
        ) async throws(VaultError) -> Void

    public struct Settings: Sendable {
        /// Up to so many keys are all written with every change.
        public var smallCount: Int64 = 20_000
        /// Above, one change makes a new file of changes, and all keys are written when so many have
        /// changed, or after so long.
        public var changesBeforeAll = 2000
        public var millisecondsBeforeAll: Int64 = 15 * 60_000
        /// Lines that the file of changes may have.
        public var changesLimit = 10_000
        public var validMilliseconds: Int64 = 24 * 3_600_000
        public var renewalMilliseconds: Int64 = 3_600_000
        /// About how many keys are sealed before it looks for changes again.
        public var sealedAtOnce = 5000
        /// How often it looks for changes while it writes all keys.
        public var lookMilliseconds: Int64 = 250
        /// Versions that are kept for going back to, and how many of them with files of their own.
        public var keptVersions = 20
        public var keptFiles = 3

        public init() {}
    }

    private static let expiredAtOnce = 200

    public let folder: VaultFolder
    let database: Database
    let reading: Database
    let key: Ed25519SigningKey
    let sealing: VaultKeySealing
    let rates: @Sendable (Timestamp) -> VaultRates
    let settings: Settings
    let surroundings: Surroundings

    /// - Parameters:
    ///   - reading: with a deadline that reading all keys fits in, and one connection more than
    ///     others need.
    ///   - key: of the manifest's signature.
    ///   - rates: what is in force at a time.
    public init(
        _ folder: VaultFolder, database: Database, reading: Database, key: Ed25519SigningKey,
        sealing: VaultKeySealing, settings: Settings = Settings(), surroundings: Surroundings,
        rates: @escaping @Sendable (Timestamp) -> VaultRates
    ) {
        (self.folder, self.database, self.reading, self.key) = (folder, database, reading, key)
        (self.sealing, self.settings, self.surroundings) = (sealing, settings, surroundings)
        self.rates = rates
    }

    /// Looks once, and does what there is to do.
    ///
    /// - Parameters:
    ///   - anew: write all keys, also where only few have changed.
    ///   - releasing: no longer hold keys to an older version.
    public func run(
        anew: Bool = false, releasing: Bool = false, as commit: Commit
    ) async throws(VaultError) -> VaultOutcome {
        var outcome = VaultOutcome()
        let now = surroundings.now()
        var state = try await look(commit, at: now)
        if state.hasExpired {
            outcome.expired = try await revokeExpired(at: now, commit)
            state = try await look(commit, at: surroundings.now())
        }
        if state.hasUnsealed {
            try await sealNew(state, commit, &outcome)
            state = try await look(commit, at: surroundings.now())
        }
        outcome.manifest = state.installed
        let held = state.version?.rolledBackTo
        let isReleased = releasing && held != nil
        outcome.rolledBackTo = isReleased ? nil : held
        if let version = outcome.rolledBackTo {
            if state.hasNews || state.version == nil || isSealedAnew(state) {
                try await writeAll(state, rolledBackTo: version, commit, &outcome)
            }
        } else if isReleased || state.version?.rates != state.rates {
            // Nothing is in force that changes could be told from, or they do not tell all.
            try await writeAll(state.discontinued(true), commit, &outcome)
        } else if anew {
            try await writeAll(state, commit, &outcome)
        } else {
            if state.hasNews {
                try await follow(state, commit, &outcome)
                state = try await look(commit, at: surroundings.now())
            }
            if !outcome.wroteAll, try await isDueForAll(state) {
                try await writeAll(state, commit, &outcome)
            }
        }
        // What changed for customers came first.
        if let old = state.staleSeal { try await sealAnew(old, commit, &outcome) }
        try renewIfDue(&outcome)
        return outcome
    }

    /// For good: no clock that is set back makes them work again.
    private func revokeExpired(
        at now: Timestamp, _ commit: Commit
    ) async throws(VaultError) -> Int {
        let progress = VaultProgress(VaultOutcome())
        try await commit { transaction throws(StorageError) in
            progress.outcome.expired = try await transaction.revokeExpiredKeys(
                at: now, limit: Self.expiredAtOnce)
        }
        return progress.outcome.expired
    }

    private func sealNew(
        _ state: VaultState, _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        // Nothing is in force that anybody could be waiting to see changed.
        let limit = state.version == nil ? Int.max : settings.sealedAtOnce
        let round = try await sealing.seal(
            under: nil, limit: limit, in: database, commit, surroundings)
        (outcome.sealed, outcome.unsealable) = (round.made, round.failed)
        outcome.isSealing = !round.isOver
        outcome.foreignKey = round.foreignKey
    }

    private func sealAnew(
        _ old: Int, _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        let round = try await sealing.seal(
            under: old, limit: settings.sealedAtOnce, in: database, commit, surroundings)
        outcome.resealed = round.made
        outcome.unsealable += round.failed
        outcome.isSealing = outcome.isSealing || round.made > 0
        outcome.foreignKey = round.foreignKey
    }

    /// Puts what a version had in force again, as a new version, but for keys that have been
    /// revoked, have expired or are of a suspended customer since. Keys are held to it until
    /// ``run(anew:releasing:as:)`` is told to let them go.
    public func rollBack(
        to version: Int64, as commit: Commit
    ) async throws(VaultError) -> VaultOutcome {
        var outcome = VaultOutcome()
        let state = try await look(commit, at: surroundings.now())
        guard let installed = state.installed, version < installed.version else {
            throw .versionGone(version)
        }
        outcome.rolledBackTo = version
        try await writeAll(state, rolledBackTo: version, commit, &outcome)
        return outcome
    }

    private func follow(
        _ state: VaultState, _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        guard let version = state.version, version.keyCount > settings.smallCount else {
            return try await writeAll(state, commit, &outcome)
        }
        if try await publishChanges(state, commit, &outcome) { return }
        // More has changed than a file of changes takes.
        try await writeAll(state.discontinued(true), commit, &outcome)
    }

    private func isDueForAll(_ state: VaultState) async throws(VaultError) -> Bool {
        guard let version = state.version else { return false }
        if isSealedAnew(state) { return true }
        guard !version.isWhole else { return false }
        let age = state.now.milliseconds - version.baseMadeAt.milliseconds
        if version.keyCount <= settings.smallCount || age >= settings.millisecondsBeforeAll {
            return true
        }
        let count = try await stored { () throws(StorageError) in
            try await database.countVaultNews(
                since: version.base, limit: settings.changesBeforeAll)
        }
        return count >= settings.changesBeforeAll
    }

    /// Whether all keys are under the newest `VAULT_KEY`, and the table in force is not.
    private func isSealedAnew(_ state: VaultState) -> Bool {
        state.staleSeal == nil && !state.hasUnsealed
            && state.version.map { $0.sealedUnder != sealing.version } ?? false
    }

    private func renewIfDue(_ outcome: inout VaultOutcome) throws(VaultError) {
        let now = surroundings.now()
        guard let manifest = outcome.manifest, outcome.published == 0 else { return }
        let age = now.milliseconds - manifest.madeAt.milliseconds
        // A clock that was ahead when it was signed would keep edges from taking it.
        guard age >= settings.renewalMilliseconds || age < 0 else { return }
        let renewed = manifest.renewed(madeAt: now, validUntil: validUntil(now))
        try refused { () throws(VaultRefusal) in try folder.renew(renewed, signedBy: key) }
        outcome.manifest = renewed
        outcome.isRenewed = true
    }

    func validUntil(_ now: Timestamp) -> Timestamp {
        now.adding(milliseconds: settings.validMilliseconds)
    }
}

func stored<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(VaultError) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw .storage(error)
    }
}

func refused<Value: ~Copyable>(
    _ body: () throws(VaultRefusal) -> Value
) throws(VaultError) -> Value {
    do throws(VaultRefusal) {
        return try body()
    } catch {
        throw .refused(error)
    }
}
