import Cryptography
import Determinism
import Storage

extension VaultPublisher {
    /// Reads folder and row, and makes the two agree.
    func look(_ commit: Commit, at now: Timestamp) async throws(VaultError) -> VaultState {
        let installed = try installed()
        let standing = try await stored { () throws(StorageError) in
            try await database.vaultStanding(of: installed?.version ?? 0, at: now)
        }
        var version = standing?.version
        if let found = version,
            found.mapDigest != installed?.map.digest
                || found.changesDigest != installed?.changes.digest
        {
            version = nil
        }
        if let found = version, !found.isPublished {
            try await commit { transaction throws(StorageError) in
                try await transaction.markPublished(found.number, at: now)
            }
        }
        return VaultState(
            installed: installed, version: version, hasNews: standing?.hasNews ?? true,
            hasUnsealed: standing?.hasUnsealed ?? false,
            staleSeal: [standing?.seals.lowest, standing?.seals.highest].compactMap { $0 }
                .first { $0 != sealing.version },
            hasExpired: standing?.hasExpired ?? false,
            next: max(standing?.highest ?? 0, installed?.version ?? 0) + 1, now: now,
            asOf: max(now, version?.asOf ?? now), rates: rates(now).description)
    }

    /// The manifest in force; nil where there is none. One that is not ours is none: it is written
    /// over, and its number is not known to be taken.
    private func installed() throws(VaultError) -> VaultManifest? {
        do throws(VaultRefusal) {
            let file = try VaultSet.read(
                VaultFiles.manifest, in: folder.current, upTo: Int64(VaultManifest.maximumCount))
            return try VaultManifest(verifying: file, publicKey: key.publicKey)
        } catch .fileMissing, .manifestMalformed, .manifestTooLong, .signatureInvalid {
            return nil
        } catch {
            throw .refused(error)
        }
    }
}
