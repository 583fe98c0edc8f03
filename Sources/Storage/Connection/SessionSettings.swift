/// What is said to the server once, when a connection opens.
///
/// Sent as one simple query and not as start-up options: pgbouncer refuses those it does not know.
/// Behind pgbouncer in transaction mode the settings reach whichever server connection comes
/// first, so there `ALTER ROLE … SET` should hold the same values. Our own deadlines do not rest
/// on any of them; they are there so that the server, too, lets go of what we gave up on.
struct SessionSettings: Sendable {
    /// Zero is no limit.
    var statementMilliseconds: Int64
    var lockMilliseconds: Int64
    var idleInTransactionMilliseconds: Int64
    var applicationName: String
    /// Channels to listen on. Names are ours, never a client's.
    var channels: [StaticString] = []

    var statements: String {
        var text = """
            SET statement_timeout = \(statementMilliseconds);
            SET lock_timeout = \(lockMilliseconds);
            SET idle_in_transaction_session_timeout = \(idleInTransactionMilliseconds);
            SET client_connection_check_interval = 1000;
            SET TimeZone = 'UTC';
            """
        for channel in channels { text += "LISTEN \"\(channel)\";" }
        return text
    }
}
