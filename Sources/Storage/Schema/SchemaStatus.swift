/// How the database's schema stands to the one this code was written for.
public struct SchemaStatus: Equatable, Sendable {
    /// Applied, in order, as `0001_sign_in`; also those that only newer code knows.
    public var applied: [String]
    /// Not applied yet, in order.
    public var missing: [String]
    /// Applied with another content than this code has.
    public var changed: [String]

    /// Good to serve from. A schema that is ahead is: deploys roll.
    public var isCurrent: Bool { missing.isEmpty && changed.isEmpty }

    /// - Parameter migrations: with their checksums.
    init(applied: [AppliedMigration], known: [(migration: Migration, checksum: String)]) {
        self.applied = applied.map(\.title)
        let checksums = Dictionary(applied.map { ($0.version, $0.checksum) }) { first, _ in first }
        missing = known.filter { checksums[$0.migration.version] == nil }
            .map(\.migration.title)
        changed = known.filter { checksums[$0.migration.version] ?? $0.checksum != $0.checksum }
            .map(\.migration.title)
    }
}

/// A row of `schema_migrations`.
struct AppliedMigration: SQLRow {
    var version: Int64
    var name: String
    var checksum: String

    init(from columns: inout SQLColumns) throws(StorageError) {
        version = try columns.next()
        name = try columns.next()
        checksum = try columns.next()
    }

    static let query: SQL = "SELECT version, name, checksum FROM schema_migrations ORDER BY version"

    var title: String { Migration(version, name, []).title }
}

/// What PostgreSQL makes of the files: this module has no hash function of its own.
struct Checksum: SQLRow {
    var text: String

    init(from columns: inout SQLColumns) throws(StorageError) { text = try columns.next() }

    /// Lower-case hex SHA-256 of each, in order.
    static func query(of migrations: [Migration]) -> SQL {
        """
        SELECT encode(sha256(content), 'hex')
          FROM unnest(\(migrations.map(\.content))) WITH ORDINALITY AS file (content, position)
         ORDER BY position
        """
    }
}

extension Database {
    /// For `/ready`: whether the migrations this code needs have been applied.
    public func schemaStatus() async throws(StorageError) -> SchemaStatus {
        try await schemaStatus(of: Migration.all)
    }

    func schemaStatus(of known: [Migration]) async throws(StorageError) -> SchemaStatus {
        let checksums: [Checksum] = try await rows(Checksum.query(of: known))
        let applied: [AppliedMigration]
        do {
            applied = try await rows(AppliedMigration.query)
        } catch .rejected(sqlState: "42P01") {  // undefined_table: never migrated
            applied = []
        }
        return SchemaStatus(
            applied: applied, known: Array(zip(known, checksums.map(\.text))))
    }
}
