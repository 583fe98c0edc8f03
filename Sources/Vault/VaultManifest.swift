public import Determinism

/// What makes three files one vault: which version, how many keys, what each file's bytes are, and
/// until when they may be used.
public struct VaultManifest: Hashable, Sendable {
    /// How far a maker's clock may be ahead of an edge's.
    public static let clockToleranceMilliseconds: Int64 = 300_000

    /// From 1; each publication of changed content has one more than the last.
    public let version: Int64
    /// Of the file of all keys.
    public let keyCount: Int64
    /// The file of all keys was read after this version had been; what changed since is among the
    /// changes.
    public let base: Int64
    /// All that changed after this version is among the changes. They may therefore stand in front
    /// of any file of all keys whose base is not older.
    public let since: Int64
    public let madeAt: Timestamp
    /// After this an edge no longer takes it; it is signed anew, unchanged, every hour.
    public let validUntil: Timestamp
    public let map: VaultFileSummary
    public let table: VaultFileSummary
    public let changes: VaultFileSummary

    public init(
        version: Int64, base: Int64, since: Int64, keyCount: Int64, madeAt: Timestamp,
        validUntil: Timestamp, map: VaultFileSummary, table: VaultFileSummary,
        changes: VaultFileSummary
    ) {
        self.version = version
        self.base = base
        self.since = since
        self.keyCount = keyCount
        self.madeAt = madeAt
        self.validUntil = validUntil
        self.map = map
        self.table = table
        self.changes = changes
    }

    /// The same vault for longer.
    public func renewed(madeAt: Timestamp, validUntil: Timestamp) -> VaultManifest {
        VaultManifest(
            version: version, base: base, since: since, keyCount: keyCount, madeAt: madeAt,
            validUntil: validUntil, map: map, table: table, changes: changes)
    }

    public func hasContent(of other: VaultManifest) -> Bool {
        hasKeys(of: other) && changes == other.changes && base == other.base
            && since == other.since
    }

    /// Whether the files of all keys are the same.
    public func hasKeys(of other: VaultManifest) -> Bool {
        map == other.map && table == other.table && keyCount == other.keyCount
    }

    /// Whether an edge may take this in place of what it has.
    ///
    /// - Parameter installed: the manifest in force; nil where there is none.
    /// - Throws: ``VaultRefusal/expired``, ``VaultRefusal/notYetMade``,
    ///   ``VaultRefusal/versionTooLow(installed:offered:)`` or
    ///   ``VaultRefusal/versionReused(_:)``.
    public func admit(after installed: VaultManifest?, now: Timestamp) throws(VaultRefusal) {
        guard now <= validUntil else { throw .expired }
        guard madeAt <= now.adding(milliseconds: Self.clockToleranceMilliseconds) else {
            throw .notYetMade
        }
        guard let installed else { return }
        guard version >= installed.version else {
            throw .versionTooLow(installed: installed.version, offered: version)
        }
        guard version > installed.version || hasContent(of: installed) else {
            throw .versionReused(version)
        }
    }
}
