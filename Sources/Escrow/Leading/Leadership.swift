public import Storage

/// One leader at a time, and none that was: a lock of the database's for taking turns, and a
/// generation that every write is guarded by, for those who do not notice that their turn is over.
///
/// Call ``renew(_:)`` every second or so; whoever waits calls ``take(as:)`` as often. A leader that
/// died loses the lock with its connection; one that is frozen, when it has been silent.
public struct Leadership: Sendable {
    /// Silence after which a waiting process ends the leader's session: above several renewals,
    /// below the 5 seconds in which a standby has to take over.
    public static let silentMilliseconds: Int64 = 3000
    /// How long a write of a leader that has let go, or lost its connection, may go on.
    public static let patienceMilliseconds: Int64 = 500

    /// Well below the silence after which a waiting process ends the leader's session.
    private static let renewMilliseconds = 1000

    private let direct: Database
    private let patienceMilliseconds: Int64

    /// - Parameters:
    ///   - direct: a pool of exactly one connection that leads to PostgreSQL itself, not to
    ///     pgbouncer, and that nothing else uses: the lock is its session's.
    ///   - patienceMilliseconds: after which a write of an earlier leader is ended.
    public init(
        direct: Database, patienceMilliseconds: Int64 = Leadership.patienceMilliseconds
    ) {
        self.direct = direct
        self.patienceMilliseconds = patienceMilliseconds
    }

    /// - Parameter holder: names the process to an operator.
    /// - Returns: nil while another leads.
    public func take(as holder: String) async throws(StorageError) -> Generation? {
        if try await direct.takeLeaderLock() { return try await raise(holder) }
        guard
            try await direct.endSilentLeader(silentMilliseconds: Self.silentMilliseconds),
            try await direct.takeLeaderLock()
        else { return nil }
        try await direct.endWriters()  // They had their time while it was silent.
        return try await raise(holder)
    }

    private func raise(_ holder: String) async throws(StorageError) -> Generation? {
        try await direct.raiseGeneration(
            holder: holder, patienceMilliseconds: patienceMilliseconds)
    }

    /// Says that the leader is alive.
    ///
    /// - Returns: false when it leads no more: the lock went with its connection, or somebody else
    ///   has taken over. Then it stops, and waits like any other.
    public func renew(_ generation: Generation) async throws(StorageError) -> Bool {
        if PlantedBug.unguardedLeader.isOn { return true }
        guard try await direct.holdsLeaderLock() else { return false }
        return try await direct.renew(generation)
    }

    /// Says that the leader is alive for as long as `body` takes.
    public func leading<Value: Sendable>(
        as generation: Generation, _ body: @Sendable () async -> Value
    ) async -> Value {
        let renewal = Task {
            while !Task.isCancelled {
                if let isLeading = try? await renew(generation), !isLeading { return }
                try? await Task.sleep(for: .milliseconds(Self.renewMilliseconds))
            }
        }
        let value = await body()
        renewal.cancel()
        await renewal.value
        return value
    }

    /// Lets the next one lead at once.
    public func resign() async throws(StorageError) {
        try await direct.releaseLeaderLock()
    }
}
