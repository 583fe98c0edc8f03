import Determinism
import Storage

/// What the database says of the version in force, and whether anything is new.
struct VaultStanding: SQLRow {
    struct Version: Sendable {
        let number: Int64
        let asOf: Timestamp
        let base: Int64
        let baseMadeAt: Timestamp
        let since: Int64
        let isWhole: Bool
        let keyCount: Int64
        let mapDigest: String
        let changesDigest: String
        let rates: String
        let rolledBackTo: Int64?
        let isPublished: Bool
        /// The version of `VAULT_KEY` that all of its table is sealed under.
        let sealedUnder: Int?
    }

    /// Of all rows, also of versions that never came into force.
    let highest: Int64
    let hasUnsealed: Bool
    /// The lowest and the highest version of `VAULT_KEY` that keys are sealed under.
    let seals: (lowest: Int?, highest: Int?)
    /// Whether keys are active whose time has passed.
    let hasExpired: Bool
    /// The version asked for; nil where there is no such row.
    let version: Version?
    /// Whether a key may have changed after that version was read.
    let hasNews: Bool

    init(from columns: inout SQLColumns) throws(StorageError) {
        highest = try columns.next()
        hasUnsealed = try columns.next()
        seals = (try columns.next(), try columns.next())
        hasExpired = try columns.next()
        guard let number: Int64 = try columns.next() else {
            (version, hasNews) = (nil, true)
            return
        }
        version = Version(
            number: number, asOf: try columns.next(), base: try columns.next(),
            baseMadeAt: try columns.next(), since: try columns.next(),
            isWhole: try columns.next(), keyCount: try columns.next(),
            mapDigest: try columns.next(), changesDigest: try columns.next(),
            rates: try columns.next(), rolledBackTo: try columns.next(),
            isPublished: try columns.next(), sealedUnder: try columns.next())
        hasNews = try columns.next()
    }
}
