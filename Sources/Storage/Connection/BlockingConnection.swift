import CPostgres
import Determinism
import Glibc

/// One connection, used by one thread at a time. Every wait in it ends at the caller's deadline:
/// then the socket is closed, whatever the server is doing.
///
/// libpq alone would wait for ever: only its non-blocking calls are used, between our own `poll`s.
final class BlockingConnection {
    /// Named prepared statements per connection; more distinct texts than that run unnamed.
    private static let preparedLimit = 256

    private(set) var handle: OpaquePointer?
    private var prepared: [String: String] = [:]
    private let preparesStatements: Bool

    /// Takes ownership of a `PGconn` that is open and non-blocking.
    init(owning handle: OpaquePointer, preparesStatements: Bool) {
        self.handle = handle
        self.preparesStatements = preparesStatements
    }

    deinit { close() }

    var isOpen: Bool { handle != nil }

    /// No transaction is open on it, so that somebody else may have it.
    var isIdle: Bool {
        handle.map { PQtransactionStatus($0) == PQTRANS_IDLE } ?? false
    }

    /// A statement of the open transaction failed: it can only be rolled back.
    var isTransactionFailed: Bool {
        handle.map { PQtransactionStatus($0) == PQTRANS_INERROR } ?? false
    }

    /// Ends the connection at once. Never waits: a socket that is shut down takes no goodbye.
    func close() {
        guard let handle else { return }
        if !isIdle { shutdown(PQsocket(handle), Int32(SHUT_RDWR)) }
        PQfinish(handle)
        self.handle = nil
    }

    /// Looks, without waiting, whether the server has closed an idle connection. Also takes in
    /// what it may have said meanwhile.
    func isStillOpen() -> Bool {
        guard let handle else { return false }
        while isReadable {
            guard PQconsumeInput(handle) == 1, PQisBusy(handle) == 0,
                PQstatus(handle) == CONNECTION_OK
            else {
                close()
                return false
            }
        }
        return PQstatus(handle) == CONNECTION_OK
    }

    private var isReadable: Bool {
        guard let handle else { return false }
        var entry = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// Runs one statement with its values, prepared under a name where possible.
    func run(
        _ statement: Statement, until deadline: Deadline
    ) throws(StatementFailure) -> StatementAnswer {
        guard let handle else { throw .notSent }
        let name = try preparedName(for: statement, until: deadline)
        let isQueued = queue(statement, preparedAs: name, on: handle)
        do {
            return try finish(isQueued: isQueued, until: deadline)
        } catch .refused(let refusal) {
            if Self.isStalePlan(refusal) { forget(statement) }
            throw .refused(refusal)
        }
    }

    /// Hands a statement to libpq, which may keep it until ``send(until:)``.
    func queue(
        _ statement: Statement, preparedAs name: String?, on handle: OpaquePointer
    ) -> Bool {
        statement.withParameters { pointers, lengths, formats in
            let count = Int32(clamping: pointers.count)
            return if let name {
                PQsendQueryPrepared(handle, name, count, pointers, lengths, formats, 1)
            } else {
                PQsendQueryParams(
                    handle, statement.text, count, statement.types, pointers, lengths, formats, 1)
            }
        } == 1
    }

    /// Prepares it anew when it comes again.
    func forget(_ statement: Statement) { prepared[statement.text] = nil }

    /// Runs a text of one or several statements without values.
    func runScript(
        _ text: String, until deadline: Deadline
    ) throws(StatementFailure) -> StatementAnswer {
        guard let handle else { throw .notSent }
        return try finish(isQueued: PQsendQuery(handle, text) == 1, until: deadline)
    }

    /// The server no longer knows the statement (a proxy changed servers), or its result has
    /// changed shape (a migration): it did not run.
    static func isStalePlan(_ refusal: ServerRefusal) -> Bool {
        refusal.sqlState == "26000" || refusal.sqlState == "0A000"
    }

    func preparedName(
        for statement: Statement, until deadline: Deadline
    ) throws(StatementFailure) -> String? {
        guard let handle, preparesStatements else { return nil }
        if let name = prepared[statement.text] { return name }
        guard prepared.count < Self.preparedLimit else { return nil }
        let name = "s\(nextStatement)"
        nextStatement += 1
        let types = statement.types
        let isQueued =
            PQsendPrepare(handle, name, statement.text, Int32(clamping: types.count), types) == 1
        do {
            _ = try finish(isQueued: isQueued, until: deadline)
        } catch .lost {
            throw .notSent  // Preparing does nothing to any table.
        }
        prepared[statement.text] = name
        return name
    }

    /// Numbers statements; never used again on this connection, also after a stale one.
    private var nextStatement = 0

    private func finish(
        isQueued: Bool, until deadline: Deadline
    ) throws(StatementFailure) -> StatementAnswer {
        guard isQueued, send(until: deadline) else {
            close()
            throw .notSent
        }
        return try receive(until: deadline)
    }

    /// Hands all to the kernel. A statement's last message ends it: before that is out, the
    /// server has nothing it could run.
    func send(until deadline: Deadline) -> Bool {
        guard let handle else { return false }
        while true {
            switch PQflush(handle) {
            case 0: return true
            case 1:
                guard let events = wait(for: Int16(POLLIN | POLLOUT), until: deadline) else {
                    return false
                }
                if events & Int16(POLLIN) != 0, PQconsumeInput(handle) == 0 { return false }
            default: return false
            }
        }
    }

    /// Reads up to the server's "ready": only then a statement of its own is committed.
    func receive(until deadline: Deadline) throws(StatementFailure) -> StatementAnswer {
        var answer: StatementAnswer?
        var refusal: ServerRefusal?
        while let result = try nextResult(until: deadline) {
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                answer = StatementAnswer(owning: result)
            case PGRES_FATAL_ERROR:
                refusal = refusal ?? ServerRefusal(result)
                PQclear(result)
                answer = nil
            default:  // COPY, which this face does not speak.
                PQclear(result)
                close()
                throw .lost
            }
        }
        if let handle, PQstatus(handle) != CONNECTION_OK { close() }
        if let refusal { throw .refused(refusal) }
        guard isOpen, let answer else {
            close()
            throw .lost
        }
        return answer
    }

    func nextResult(
        until deadline: Deadline
    ) throws(StatementFailure) -> OpaquePointer? {
        guard let handle else { throw .lost }
        while PQisBusy(handle) == 1 {
            guard wait(for: Int16(POLLIN), until: deadline) != nil,
                PQconsumeInput(handle) == 1
            else {
                close()
                throw .lost
            }
        }
        return PQgetResult(handle)
    }

    /// Waits for news from the server.
    ///
    /// - Returns: the events, or nil when the deadline came first.
    func wait(for events: Int16, until deadline: Deadline) -> Int16? {
        guard let handle else { return nil }
        var entry = pollfd(fd: PQsocket(handle), events: events, revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.remainingMilliseconds)
            if count > 0 { return entry.revents }
            if count == 0 ? deadline.isPast : errno != EINTR { return nil }
        }
    }

    /// The next notification that has already arrived.
    func nextNotification() -> DatabaseNotification? {
        guard let handle, let notice = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notice) }
        return DatabaseNotification(
            channel: String(cString: notice.pointee.relname),
            payload: String(cString: notice.pointee.extra))
    }
}
