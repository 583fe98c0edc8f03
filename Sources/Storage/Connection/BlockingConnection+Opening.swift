import CPostgres
import Determinism
import Glibc

extension BlockingConnection {
    /// Connects, logs in and says `settings`.
    ///
    /// Of several hosts each gets its share of the time that is left, for its name and for
    /// its addresses alike, so that one which swallows packets, or whose name server does, does
    /// not keep the next from being tried.
    static func open(
        _ target: ConnectionTarget, settings: SessionSettings, preparesStatements: Bool = true,
        until deadline: Deadline
    ) throws(ConnectionFailure) -> BlockingConnection {
        try first(of: target.hosts, until: deadline) { host, limit throws(ConnectionFailure) in
            let endpoints = target.endpoints(of: host, until: limit)
            return try first(of: endpoints, until: limit) {
                endpoint, limit throws(ConnectionFailure) in
                let handle = try connect(
                    target, at: endpoint, applicationName: settings.applicationName, until: limit)
                let connection = BlockingConnection(
                    owning: handle, preparesStatements: preparesStatements)
                try connection.apply(settings, until: limit)
                return connection
            }
        }
    }

    /// The first success; else the last failure.
    private static func first(
        of places: [Endpoint], until deadline: Deadline,
        _ attempt: (Endpoint, Deadline) throws(ConnectionFailure) -> BlockingConnection
    ) throws(ConnectionFailure) -> BlockingConnection {
        var failure = ConnectionFailure(reason: "the host's name could not be resolved")
        for (index, place) in places.enumerated() {
            let share = Int64(deadline.remainingMilliseconds) / Int64(places.count - index)
            do {
                return try attempt(place, min(deadline, .after(milliseconds: share)))
            } catch {
                failure = error
            }
        }
        throw failure
    }

    private func apply(
        _ settings: SessionSettings, until deadline: Deadline
    ) throws(ConnectionFailure) {
        do {
            _ = try runScript(settings.statements, until: deadline)
        } catch .refused(let refusal) {
            throw ConnectionFailure(reason: "settings refused (\(refusal.sqlState))")
        } catch {
            throw ConnectionFailure(reason: "no answer after the log-in")
        }
    }

    private static func connect(
        _ target: ConnectionTarget, at endpoint: Endpoint, applicationName: String,
        until deadline: Deadline
    ) throws(ConnectionFailure) -> OpaquePointer {
        let handle = withParameters(target, endpoint, applicationName: applicationName) {
            PQconnectStartParams($0, $1, 1)
        }
        guard let handle else { throw ConnectionFailure(reason: "no memory") }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)  // Else notices go to standard error.
        if let reason = establish(handle, until: deadline) {
            shutdown(PQsocket(handle), Int32(SHUT_RDWR))
            PQfinish(handle)
            throw ConnectionFailure(reason: reason)
        }
        return handle
    }

    /// Drives the handshake. Nil once the connection is open, else why it is not.
    private static func establish(_ handle: OpaquePointer, until deadline: Deadline) -> String? {
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED, PQstatus(handle) != CONNECTION_BAD else {
                return reason(of: handle)
            }
            let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
            // The socket may be another one after every step: libpq tries the next address.
            var entry = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            let count = poll(&entry, 1, deadline.remainingMilliseconds)
            if count == 0, deadline.isPast { return "no answer in time" }
            if count > 0 { status = PQconnectPoll(handle) }
        }
        return PQsetnonblocking(handle, 1) == 0 ? nil : reason(of: handle)
    }

    private static func reason(of handle: OpaquePointer) -> String {
        let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return text.split(separator: "\n").joined(separator: "; ")
    }

    /// Later entries win over earlier ones, and the URL stands between: it may change the first
    /// group and not the second.
    private static func withParameters<Result>(
        _ target: ConnectionTarget, _ endpoint: Endpoint, applicationName: String,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) ->
            Result
    ) -> Result {
        var entries: [(String, String)] = [
            ("fallback_application_name", applicationName),
            ("gssencmode", "disable"),  // Asks a ticket server, with no deadline of ours.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
            ("dbname", target.url),
            ("client_encoding", "UTF8"),
        ]
        if let host = endpoint.host { entries.append(("host", host)) }
        if let address = endpoint.address { entries.append(("hostaddr", address)) }
        if let port = endpoint.port { entries.append(("port", port)) }
        let names = entries.map { strdup($0.0) }
        let values = entries.map { strdup($0.1) }
        defer { for copy in names + values { free(copy) } }
        return body(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    }
}
