import Storage

struct KnownDatabaseRow: SQLRow {
    var known: KnownDatabase

    init(from columns: inout SQLColumns) throws(StorageError) {
        known = KnownDatabase(
            identity: try columns.next(), generation: try columns.next(),
            checkpoint: try columns.next())
    }
}

extension Database {
    /// What a file outside may say of this database.
    ///
    /// Read in a commit that waits for the disk, and with it for all before: whatever stops the
    /// server, it does not come back knowing less. The lock on the leader's row makes it a commit
    /// that is written at all.
    func known(as leader: Generation) async throws(LeaderError) -> KnownDatabase {
        let checkpoint = try await lead(as: leader) { transaction throws(StorageError) in
            try await transaction.commitDurably()
            return try await transaction.followerMark()?.checkpoint
        }
        return KnownDatabase(
            identity: leader.identity, generation: leader.counter, checkpoint: checkpoint ?? -1)
    }

    /// The same for those who wait: nil unless a leader is alive and armed.
    ///
    /// - Parameter silentMilliseconds: silence after which a leader counts as dead.
    func knownToArmedLeader(
        silentMilliseconds: Int64
    ) async throws(StorageError) -> KnownDatabase? {
        try await transaction { transaction throws(StorageError) in
            try await transaction.commitDurably()
            let row: KnownDatabaseRow? = try await transaction.first(
                """
                SELECT g.identity, g.counter, coalesce(p.checkpoint, -1)
                  FROM leader_generation AS g
                  LEFT JOIN processing_state AS p ON p.name = 'follower'
                 WHERE g.armed_counter = g.counter AND g.identity = leader_identity()
                   AND g.server_started_at = pg_postmaster_start_time()
                   AND g.renewed_at
                        > clock_timestamp() - \(silentMilliseconds) * interval '1 millisecond'
                   FOR KEY SHARE OF g SKIP LOCKED
                """)
            return row?.known
        }
    }

    /// Tells those who wait that nothing stands against charging from this database.
    func sayArmed(as leader: Generation) async throws(LeaderError) {
        try await lead(as: leader) { transaction throws(StorageError) in
            _ = try await transaction.execute(
                "UPDATE leader_generation SET armed_counter = counter")
        }
    }
}
