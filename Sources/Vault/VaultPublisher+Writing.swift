import Cryptography
import Determinism
import Storage

/// The moment of the database at which files were read.
private struct Reading: Sendable {
    var keys: VaultKeys?
    var snapshot = ""
    var rows: [VaultRow] = []
    var withoutRate = 0
    /// Whether `rows` are of the same moment as `keys`.
    var isOneMoment = false
}

extension VaultPublisher {
    // MARK: - One change

    /// Puts a new file of changes in front of the files of all keys that are in force.
    ///
    /// - Returns: false where it would be too long.
    func publishChanges(
        _ state: VaultState, _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) -> Bool {
        guard let version = state.version, let installed = state.installed,
            let inForce = try refused({ () throws(VaultRefusal) in try folder.inForce })
        else { return false }
        // Where there would be too many, those that the files of all keys have are left out.
        for since in [version.since, version.base] {
            let (rows, snapshot) = try await readChanges(since: since, state)
            guard rows.count <= settings.changesLimit else { continue }
            let changes = VaultChanges(
                lines: try lines(rows, state), base: version.base, version: state.next)
            let keys = VaultKeys(
                folder: inForce, count: installed.keyCount, map: installed.map,
                table: installed.table, seals: Set([version.sealedUnder].compactMap { $0 }))
            try await publish(
                keys, changes, since: since, isWhole: false, snapshot: snapshot, state, commit,
                &outcome)
            return true
        }
        return false
    }

    private func readChanges(
        since: Int64, _ state: VaultState
    ) async throws(VaultError) -> ([VaultRow], String) {
        try await stored { () throws(StorageError) in
            try await database.transaction { transaction throws(StorageError) in
                let snapshot = try await transaction.readVault()
                let rows = try await transaction.changedVaultRows(
                    since: since, asOf: state.asOf, limit: settings.changesLimit + 1)
                return (rows, snapshot)
            }
        }
    }

    private func lines(
        _ rows: [VaultRow], _ state: VaultState
    ) throws(VaultError) -> [VaultChanges.Line] {
        let rates = rates(state.now)
        return try refused { () throws(VaultRefusal) in
            var lines: [VaultChanges.Line] = []
            for row in rows {
                lines.append(VaultChanges.Line(key: row.key, grant: try row.served?.grant(rates)))
            }
            return lines
        }
    }

    // MARK: - All keys

    /// Writes the files of all keys, looking for changes meanwhile, and puts them in force.
    func writeAll(
        _ state: VaultState, rolledBackTo: Int64? = nil, _ commit: Commit,
        _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        var state = state
        var ceiling: VaultCeiling?
        if let rolledBackTo {
            ceiling = try self.ceiling(rolledBackTo)
            state.version = nil
        }
        let read = try await readAll(state, ceiling, commit, &outcome)
        guard let keys = read.keys else { return }
        outcome.withoutRate = read.withoutRate
        if try await isUnchanged(keys, read, state, rolledBackTo, commit, &outcome) { return }
        outcome.wroteAll = true
        guard let version = state.version else {
            let changes = VaultChanges(lines: [], base: state.next, version: state.next)
            return try await publish(
                keys, changes, since: state.next, isWhole: true, snapshot: read.snapshot, state,
                rolledBackTo: rolledBackTo, commit, &outcome)
        }
        if read.isOneMoment {
            let tooMany = read.rows.count > settings.changesLimit
            let lines = tooMany ? [] : try lines(read.rows, state)
            let changes = VaultChanges(lines: lines, base: state.next, version: state.next)
            return try await publish(
                keys, changes, since: tooMany ? state.next : version.since, isWhole: true,
                snapshot: read.snapshot, state, commit, &outcome)
        }
        try await publishOlder(keys, state, version, commit, &outcome)
    }

    /// Changes have come into force while all keys were read: these go in front of them.
    private func publishOlder(
        _ keys: VaultKeys, _ state: VaultState, _ version: VaultStanding.Version,
        _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        let current = try await look(commit, at: surroundings.now())
        for since in [version.since, version.number] {
            let (rows, snapshot) = try await readChanges(since: since, current)
            guard rows.count <= settings.changesLimit else { continue }
            let changes = VaultChanges(
                lines: try lines(rows, current), base: version.number, version: current.next)
            return try await publish(
                keys, changes, since: since, isWhole: false, snapshot: snapshot, current, commit,
                &outcome)
        }
        // Too much has changed meanwhile: the next look begins anew.
    }

    /// - Parameter state: its version is what was in force before reading began.
    private func readAll(
        _ state: VaultState, _ ceiling: VaultCeiling?, _ commit: Commit,
        _ outcome: inout VaultOutcome
    ) async throws(VaultError) -> Reading {
        let progress = VaultProgress(outcome)
        let result = try await stored { () throws(StorageError) in
            try await reading.transaction { transaction async throws(StorageError) in
                await self.read(in: transaction, state, ceiling, commit, progress)
            }
        }
        outcome = progress.outcome
        return try result.get()
    }

    private func read(
        in transaction: Transaction, _ state: VaultState, _ ceiling: VaultCeiling?,
        _ commit: Commit, _ progress: VaultProgress
    ) async -> Result<Reading, VaultError> {
        do throws(VaultError) {
            var reading = try await readKeys(in: transaction, state, ceiling, commit, progress)
            guard progress.outcome.published == 0, let version = state.version else {
                return .success(reading)
            }
            reading.isOneMoment = true
            reading.rows = try await stored { () throws(StorageError) in
                try await transaction.changedVaultRows(
                    since: version.since, asOf: state.asOf, limit: settings.changesLimit + 1)
            }
            return .success(reading)
        } catch {
            transaction.abandon()
            return .failure(error)
        }
    }

    private func readKeys(
        in transaction: Transaction, _ state: VaultState, _ ceiling: VaultCeiling?,
        _ commit: Commit, _ progress: VaultProgress
    ) async throws(VaultError) -> Reading {
        var reading = Reading()
        reading.snapshot = try await stored { () throws(StorageError) in
            let snapshot = try await transaction.readVault()
            try await transaction.openVaultRows(asOf: state.asOf)
            return snapshot
        }
        var ceiling = ceiling
        let rates = rates(state.now)
        var writer = try refused { () throws(VaultRefusal) in try folder.beginKeys() }
        var looked = Deadline.now
        while true {
            let rows = try await stored { () throws(StorageError) in
                try await transaction.nextVaultRows()
            }
            if rows.isEmpty { break }
            reading.withoutRate += try Self.add(rows, to: &writer, rates, &ceiling)
            let isLookDue = looked.adding(milliseconds: settings.lookMilliseconds).isPast
            if state.version != nil, isLookDue {
                try await glance(state, commit, progress)
                looked = .now
            }
        }
        do throws(VaultRefusal) {
            reading.keys = try writer.finish()
        } catch {
            throw .refused(error)
        }
        return reading
    }

    /// Between two pieces: a revoked key does not wait until all keys are written.
    private func glance(
        _ state: VaultState, _ commit: Commit, _ progress: VaultProgress
    ) async throws(VaultError) {
        let current = try await look(commit, at: surroundings.now())
        guard current.hasNews, current.version != nil, current.rates == state.rates else { return }
        var outcome = progress.outcome
        _ = try await publishChanges(current, commit, &outcome)
        progress.outcome = outcome
    }

    /// - Returns: how many were left out because no rate is known for them.
    private static func add(
        _ rows: [VaultRow], to writer: inout VaultWriter, _ rates: VaultRates,
        _ ceiling: inout VaultCeiling?
    ) throws(VaultError) -> Int {
        var withoutRate = 0
        do throws(VaultRefusal) {
            for row in rows {
                guard let served = row.served else { continue }
                guard var grant = try served.grant(rates) else {
                    withoutRate += 1
                    continue
                }
                if ceiling != nil {
                    guard let lower = try ceiling?.lower(grant, of: row.key) else { continue }
                    grant = lower
                }
                try writer.add(
                    VaultEntry(key: row.key, grant: grant, encryptedKey: served.vaultKey))
            }
        } catch {
            throw .refused(error)
        }
        return withoutRate
    }

    private func ceiling(_ version: Int64) throws(VaultError) -> VaultCeiling {
        do throws(VaultRefusal) {
            let folder = "\(folder.path)/v\(version)"
            let file = try VaultSet.read(
                VaultFiles.manifest, in: folder, upTo: Int64(VaultManifest.maximumCount))
            let manifest = try VaultManifest(verifying: file, publicKey: key.publicKey)
            let map = try VaultSet.read(manifest.map, in: folder)
            let changes = try VaultChanges(parsing: VaultSet.read(manifest.changes, in: folder))
            return try VaultCeiling(map: map, changes: changes)
        } catch .fileMissing {
            throw .versionGone(version)
        } catch {
            throw .refused(error)
        }
    }

    // MARK: - Into force

    /// Whether the same keys are in force already; then the version is known to be of this moment.
    private func isUnchanged(
        _ keys: VaultKeys, _ read: Reading, _ state: VaultState, _ rolledBackTo: Int64?,
        _ commit: Commit, _ outcome: inout VaultOutcome
    ) async throws(VaultError) -> Bool {
        guard let version = state.version, let installed = state.installed, version.isWhole,
            read.isOneMoment, keys.map == installed.map, keys.table == installed.table
        else { return false }
        try refused { () throws(VaultRefusal) in try folder.remove(keys.folder) }
        try await commit { transaction throws(StorageError) in
            try await transaction.advance(
                version.number, to: read.snapshot, asOf: state.asOf,
                sealedUnder: sealedUnder(keys))
        }
        return true
    }

    /// The one version of `VAULT_KEY` in the table: an empty one has nothing under any other.
    private func sealedUnder(_ keys: VaultKeys) -> Int? {
        if keys.count == 0 { return sealing.version }
        return keys.seals.count == 1 ? keys.seals.first : nil
    }

    private func publish(
        _ keys: VaultKeys, _ changes: VaultChanges, since: Int64, isWhole: Bool, snapshot: String,
        _ state: VaultState, rolledBackTo: Int64? = nil, _ commit: Commit,
        _ outcome: inout VaultOutcome
    ) async throws(VaultError) {
        let now = surroundings.now()
        let manifest = VaultManifest(
            version: changes.version, base: changes.base, since: since, keyCount: keys.count,
            madeAt: now, validUntil: validUntil(now), map: keys.map, table: keys.table,
            changes: VaultFileSummary(VaultFiles.changes, changes.bytes))
        let row = VaultVersionRow(
            manifest: manifest, asOf: state.asOf, snapshot: snapshot, isWhole: isWhole,
            rates: state.rates, rolledBackTo: rolledBackTo, sealedUnder: sealedUnder(keys))
        do throws(VaultError) {
            try await commit { transaction throws(StorageError) in
                try await transaction.claimVersion(row)
            }
        } catch .storage(.constraintViolated) {
            throw .deposed
        }
        try refused { () throws(VaultRefusal) in
            try folder.reached(.claimed)
            try folder.put(manifest.signed(by: key), changes, keysIn: keys.folder)
        }
        outcome.manifest = manifest
        outcome.published += 1
        try await commit { transaction throws(StorageError) in
            try await transaction.markPublished(manifest.version, at: now)
            try await transaction.forgetVaultChanges(before: since)
        }
        try refused { () throws(VaultRefusal) in
            try folder.removeOld(
                keeping: settings.keptVersions, files: settings.keptFiles, and: rolledBackTo)
        }
    }
}
