/// How to reach the database and how long to wait for it.
public struct DatabaseConfiguration: Sendable {
    /// A libpq URL, `postgresql://user:password@host:port/database?…`, several hosts and TLS
    /// parameters included. May lead to pgbouncer in transaction mode.
    public var url: String
    /// Connections, and threads, at most; each is opened when it is first needed.
    public var poolSize: Int
    /// How long a statement may take from the moment it was asked for, waiting in the queue and
    /// connecting included; also the whole of a transaction.
    public var deadlineMilliseconds: Int64
    /// How many may wait for a free connection; beyond, they are turned away at once.
    public var queueLimit: Int
    /// Named prepared statements. A pgbouncer before 1.21, or one with `max_prepared_statements`
    /// of zero, loses them between transactions: then false.
    public var preparesStatements: Bool
    /// What an operator sees in `pg_stat_activity`.
    public var applicationName: String

    public init(
        url: String, poolSize: Int = 8, deadlineMilliseconds: Int64 = 4000,
        queueLimit: Int = 4096, preparesStatements: Bool = true,
        applicationName: String = "sluice"
    ) {
        self.url = url
        self.poolSize = poolSize
        self.deadlineMilliseconds = deadlineMilliseconds
        self.queueLimit = queueLimit
        self.preparesStatements = preparesStatements
        self.applicationName = applicationName
    }

    /// The server gives up when we do, on locks a little sooner, so that the answer names them.
    var settings: SessionSettings {
        SessionSettings(
            statementMilliseconds: deadlineMilliseconds,
            lockMilliseconds: max(1, deadlineMilliseconds * 9 / 10),
            idleInTransactionMilliseconds: deadlineMilliseconds * 2,
            applicationName: applicationName)
    }
}
