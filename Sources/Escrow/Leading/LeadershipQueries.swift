public import Storage

struct GenerationRow: SQLRow {
    var generation: Generation

    init(from columns: inout SQLColumns) throws(StorageError) {
        generation = Generation(
            counter: try columns.next(), identity: try columns.next(),
            checkpoint: try columns.next(), serverStart: try columns.next())
    }
}

extension SQL {
    fileprivate static let serverStart: SQL =
        "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint"

    /// On the server that it was taken on and that has not stopped since: the files of one that has
    /// may be a copy from before, with the very same generation in it.
    fileprivate static func leads(_ generation: Generation) -> SQL {
        """
        counter = \(generation.counter) AND identity = \(generation.identity)
            AND leader_identity() = \(generation.identity)
            AND server_started_at = pg_postmaster_start_time()
            AND \(sql: .serverStart) = \(generation.serverStart)
        """
    }
}

/// "sluicele" in ASCII: our lock among the database's advisory locks.
private let leaderLock: Int64 = 0x736C_7569_6365_6C65

/// An earlier leader that lives opens new transactions as long as the row lets it.
private let raiseTries = 5

extension Database {
    /// Takes the session's lock, for as long as the one connection lives. Taken by the session
    /// already, it is not taken again, so that it is let go of in one step.
    func takeLeaderLock() async throws(StorageError) -> Bool {
        if try await holdsLeaderLock() { return true }
        return try await value("SELECT pg_try_advisory_lock(\(leaderLock))") ?? false
    }

    /// Whether the connection of now has it: a new one, after a loss, has not.
    func holdsLeaderLock() async throws(StorageError) -> Bool {
        try await value(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks
                 WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid() AND granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32 | objid::bigint) = \(leaderLock))
            """) ?? false
    }

    func releaseLeaderLock() async throws(StorageError) {
        try await execute("SELECT pg_advisory_unlock(\(leaderLock))")
    }

    /// Ends the session of a leader that has not said for so long that it is alive: frozen, or cut
    /// off without its connection's end having been noticed.
    ///
    /// - Returns: whether there was one.
    func endSilentLeader(silentMilliseconds: Int64) async throws(StorageError) -> Bool {
        let ended: Int? = try await value(
            """
            SELECT count(pg_terminate_backend(l.pid)) FROM pg_locks AS l, leader_generation AS g
             WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
               AND l.pid <> pg_backend_pid()
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND (l.classid::bigint << 32 | l.objid::bigint) = \(leaderLock)
               AND g.renewed_at
                    < clock_timestamp() - \(silentMilliseconds) * interval '1 millisecond'
            """)
        return (ended ?? 0) > 0
    }

    /// Everybody who led before is deposed when this returns: their open transactions have ended.
    ///
    /// An update alone would not wait for them: they lock the row as weakly as lets a leader say
    /// that it is alive meanwhile. `FOR UPDATE` conflicts with that.
    ///
    /// What is open for longer than a leader's writes take belongs to one that is cut off in the
    /// middle of one, and would keep the row until the server itself gives up on it: it is ended.
    ///
    /// - Parameter patienceMilliseconds: how long a write of an earlier leader may go on.
    func raiseGeneration(
        holder: String, patienceMilliseconds: Int64
    ) async throws(StorageError) -> Generation? {
        for _ in 1...raiseTries {
            do throws(StorageError) {
                return try await raiseOnce(holder, patienceMilliseconds)
            } catch .unavailable {
                try await endWriters()  // Throws as well where it was not a lock that was missing.
            }
        }
        return try await raiseOnce(holder, patienceMilliseconds)
    }

    /// Ends the sessions in whose open transactions somebody leads, or says that he does. Only
    /// called with the leader's lock, so that all of them are an earlier leader's.
    func endWriters() async throws(StorageError) {
        try await execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_locks
             WHERE locktype = 'relation' AND relation = 'leader_generation'::regclass
               AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND mode IN ('RowShareLock', 'RowExclusiveLock') AND pid <> pg_backend_pid()
            """)
    }

    private func raiseOnce(
        _ holder: String, _ patienceMilliseconds: Int64
    ) async throws(StorageError) -> Generation? {
        try await transaction { transaction throws(StorageError) in
            try await transaction.execute(
                "SELECT set_config('lock_timeout', \(String(patienceMilliseconds)), true)")
            try await transaction.execute("SELECT 1 FROM leader_generation FOR UPDATE")
            let row: GenerationRow? = try await transaction.first(
                """
                UPDATE leader_generation
                   SET counter = counter + 1, identity = leader_identity(), holder = \(holder),
                       renewed_at = clock_timestamp(),
                       server_started_at = pg_postmaster_start_time()
                RETURNING counter, identity, coalesce((
                    SELECT checkpoint FROM processing_state WHERE name = 'follower'), -1),
                    \(sql: .serverStart)
                """)
            return row?.generation
        }
    }

    /// - Returns: whether the generation still leads.
    func renew(_ generation: Generation) async throws(StorageError) -> Bool {
        try await execute(
            """
            UPDATE leader_generation SET renewed_at = clock_timestamp()
             WHERE \(sql: .leads(generation))
            """) == 1
    }

    /// Runs `body` as the leader, or not at all. The row stays locked until the commit, so that
    /// nobody can take over in between.
    ///
    /// - Throws: ``LeaderError/deposed`` where nothing was done because another leads.
    public func lead<Value: Sendable>(
        as generation: Generation,
        _ body: @Sendable (Transaction) async throws(StorageError) -> Value
    ) async throws(LeaderError) -> Value {
        let value: Value?
        do throws(StorageError) {
            value = try await transaction { transaction throws(StorageError) in
                let isLeading = try await transaction.execute(
                    """
                    SELECT 1 FROM leader_generation WHERE \(sql: .leads(generation))
                       FOR KEY SHARE
                    """)
                guard isLeading == 1 || PlantedBug.unguardedLeader.isOn else { return nil }
                return try await body(transaction)
            }
        } catch {
            throw .storage(error)
        }
        guard let value else { throw .deposed }
        return value
    }
}
