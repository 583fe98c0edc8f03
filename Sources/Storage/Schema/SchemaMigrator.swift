import Determinism
public import Observability

/// Applies what is missing of the schema, in order, one process at a time. Forward only.
public final class SchemaMigrator: Sendable {
    /// Names our lock among the database's advisory locks: "sluicemi" in ASCII.
    private static let lockKey: Int64 = 0x736C_7569_6365_6D69
    /// Long enough for an index over a big table; a lock on a table is given up much sooner,
    /// because all who come after us wait behind us.
    private static let runMilliseconds: Int64 = 60 * 60 * 1000
    private static let tableLockMilliseconds: Int64 = 10_000

    private let target: ConnectionTarget
    private let migrations: [Migration]
    private let logger: Logger
    private let lockMilliseconds: Int64

    /// - Parameter url: leads to PostgreSQL itself, not to pgbouncer: a session's lock is taken.
    public convenience init(url: String, logger: Logger) throws(InvalidDatabaseURL) {
        try self.init(url: url, logger: logger, migrations: Migration.all)
    }

    init(
        url: String, logger: Logger, migrations: [Migration], lockMilliseconds: Int64 = 60_000
    ) throws(InvalidDatabaseURL) {
        target = try ConnectionTarget(url: url)
        self.logger = logger
        self.migrations = migrations
        self.lockMilliseconds = lockMilliseconds
    }

    /// - Returns: what was applied now, as `0001_sign_in`.
    @discardableResult
    public func migrate() async throws(MigrationError) -> [String] {
        try await onThread { connection throws(MigrationError) in
            try self.lock(connection)
            let status = try self.status(connection)
            if let changed = status.changed.first { throw .changed(name: changed) }
            let missing = self.migrations.filter { status.missing.contains($0.title) }
            for migration in missing {
                try self.apply(migration, on: connection)
                self.logger.info("migrated", ("migration", .text(migration.title)))
            }
            return missing.map(\.title)
        }
    }

    /// Gives the role of intakes its rights, those in tables that later migrations made included.
    ///
    /// - Returns: whether there is such a role.
    public func grantToIntake() async throws(MigrationError) -> Bool {
        try await onThread { connection throws(MigrationError) in
            try self.lock(connection)
            let exists: [SQLScalar<Bool>] = try self.rows(IntakeRole.exists, on: connection)
            guard exists.first?.value == true else { return false }
            try self.run(IntakeRole.grants, on: connection, for: IntakeRole.name)
            return true
        }
    }

    /// Changes nothing.
    public func status() async throws(MigrationError) -> SchemaStatus {
        try await onThread { connection throws(MigrationError) in
            try self.status(connection)
        }
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable (BlockingConnection) throws(MigrationError) -> Value
    ) async throws(MigrationError) -> Value {
        let outcome: Result<Value, MigrationError> = await withCheckedContinuation { caller in
            BackgroundThread.start {
                caller.resume(
                    returning: Result { () throws(MigrationError) in
                        try body(try self.connect())
                    })
            }
        }
        return try outcome.get()
    }

    private func connect() throws(MigrationError) -> BlockingConnection {
        let settings = SessionSettings(
            statementMilliseconds: 0, lockMilliseconds: lockMilliseconds,
            idleInTransactionMilliseconds: 60_000, applicationName: "sluice migrate")
        do {
            return try BlockingConnection.open(
                target, settings: settings, until: .after(milliseconds: 10_000))
        } catch {
            throw .unavailable(reason: error.reason)
        }
    }

    /// Released with the connection.
    private func lock(_ connection: BlockingConnection) throws(MigrationError) {
        do {
            _ = try connection.run(
                Statement("SELECT pg_advisory_lock(\(Self.lockKey))"),
                until: .after(milliseconds: lockMilliseconds + 5000))
        } catch .refused(let refusal) where refusal.sqlState == "55P03" {
            throw .locked
        } catch {
            throw .unavailable(reason: "\(error.storageError)")
        }
        try run(
            """
            SET lock_timeout = \(Self.tableLockMilliseconds);
            CREATE TABLE IF NOT EXISTS schema_migrations (
                version    bigint      NOT NULL CONSTRAINT schema_migrations_pkey PRIMARY KEY,
                name       text        NOT NULL,
                checksum   text        NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """, on: connection, for: "schema_migrations")
    }

    private func status(_ connection: BlockingConnection) throws(MigrationError) -> SchemaStatus {
        let checksums: [Checksum] = try rows(Checksum.query(of: migrations), on: connection)
        let exists: [SQLScalar<Bool>] = try rows(
            "SELECT to_regclass('schema_migrations') IS NOT NULL", on: connection)
        let applied: [AppliedMigration] =
            exists.first?.value == true ? try rows(AppliedMigration.query, on: connection) : []
        return SchemaStatus(
            applied: applied, known: Array(zip(migrations, checksums.map(\.text))))
    }

    private func rows<Row: SQLRow>(
        _ sql: SQL, on connection: BlockingConnection
    ) throws(MigrationError) -> [Row] {
        do {
            let answer = try connection.run(Statement(sql), until: .after(milliseconds: 10_000))
            return try answer.rows()
        } catch let error as StatementFailure {
            throw .unavailable(reason: "\(error.storageError)")
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }

    private func apply(
        _ migration: Migration, on connection: BlockingConnection
    ) throws(MigrationError) {
        if migration.runsInTransaction { try run("BEGIN", on: connection, for: migration.title) }
        try run(migration.text, on: connection, for: migration.title)
        do {
            _ = try connection.run(
                Statement(
                    """
                    INSERT INTO schema_migrations (version, name, checksum)
                    VALUES (\(migration.version), \(migration.name),
                        encode(sha256(\(migration.content)), 'hex'))
                    """), until: .after(milliseconds: 10_000))
        } catch {
            throw Self.error(error, for: migration.title)
        }
        if migration.runsInTransaction { try run("COMMIT", on: connection, for: migration.title) }
    }

    private func run(
        _ script: String, on connection: BlockingConnection, for name: String
    ) throws(MigrationError) {
        do {
            _ = try connection.runScript(
                script, until: .after(milliseconds: Self.runMilliseconds))
        } catch {
            throw Self.error(error, for: name)
        }
    }

    private static func error(_ failure: StatementFailure, for name: String) -> MigrationError {
        switch failure {
        case .refused(let refusal):
            .failed(name: name, sqlState: refusal.sqlState, message: refusal.message)
        case .notSent, .lost: .interrupted(name: name)
        }
    }
}
