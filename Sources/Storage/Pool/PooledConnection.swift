import Determinism
import Observability

/// A pool thread's one connection: opened when needed, replaced when it has died.
final class PooledConnection {
    let metrics: StorageMetrics
    private let target: ConnectionTarget
    private let settings: SessionSettings
    private let preparesStatements: Bool
    private let logger: Logger
    private var connection: BlockingConnection?
    /// The open transaction has done nothing yet, so that it can be begun again.
    private var isAtStart = false

    init(
        _ target: ConnectionTarget, configuration: DatabaseConfiguration, logger: Logger,
        metrics: StorageMetrics
    ) {
        self.target = target
        settings = configuration.settings
        preparesStatements = configuration.preparesStatements
        self.logger = logger
        self.metrics = metrics
    }

    /// A connection on which nothing is under way.
    ///
    /// - Throws: only ``StorageError/unavailable``.
    func ready(until deadline: Deadline) throws(StorageError) -> BlockingConnection {
        if let connection, connection.isStillOpen(), connection.isIdle { return connection }
        discard()
        do {
            let opened = try BlockingConnection.open(
                target, settings: settings, preparesStatements: preparesStatements,
                until: deadline)
            metrics.connects.increment()
            connection = opened
            return opened
        } catch {
            logger.warning("no connection to the database", ("reason", .text(error.reason)))
            throw .unavailable
        }
    }

    /// A connection on which a transaction has been begun.
    func begin(until deadline: Deadline) throws(StorageError) -> BlockingConnection {
        let connection = try ready(until: deadline)
        do {
            _ = try connection.runScript("BEGIN", until: deadline)
        } catch {
            throw error.storageErrorBeforeCommit
        }
        isAtStart = true
        return connection
    }

    func discard() {
        connection?.close()
        connection = nil
    }

    /// Runs a statement that commits by itself and reads its answer.
    func perform<Value>(
        _ statement: Statement, until deadline: Deadline,
        read: (borrowing StatementAnswer) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try measured { () throws(StorageError) in
            try read(try run(statement, on: try ready(until: deadline), until: deadline))
        }
    }

    /// Runs statements in one commit.
    ///
    /// - Returns: false when nothing was done, for a reason that may concern one of them only.
    func performTogether(
        _ statements: [Statement], until deadline: Deadline,
        read: (_ index: Int, _ answer: borrowing StatementAnswer) -> Void
    ) throws(StorageError) -> Bool {
        try measured { () throws(StorageError) in
            let connection = try ready(until: deadline)
            do throws(StatementFailure) {
                try connection.runTogether(statements, until: deadline, read: read)
                return true
            } catch {
                if case .refused(let refusal) = error, !refusal.isFatal { return false }
                throw error.storageError
            }
        }
    }

    /// Runs a statement of the transaction that is open on this connection.
    func performInTransaction<Value>(
        _ statement: Statement, until deadline: Deadline,
        read: (borrowing StatementAnswer) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        try measured { () throws(StorageError) in
            try read(try runInTransaction(statement, until: deadline))
        }
    }

    /// Sends rows within the transaction that is open on this connection.
    func copyInTransaction(
        _ text: String, _ rows: UnsafeRawBufferPointer, until deadline: Deadline
    ) throws(StorageError) -> Int {
        try measured { () throws(StorageError) in
            guard let connection, connection.isStillOpen() else { throw .unavailable }
            isAtStart = false
            do throws(StatementFailure) {
                return try connection.copy(text, rows, until: deadline).affectedRows
            } catch {
                throw error.storageErrorBeforeCommit
            }
        }
    }

    private func runInTransaction(
        _ statement: Statement, until deadline: Deadline
    ) throws(StorageError) -> StatementAnswer {
        guard let connection, connection.isStillOpen() else { throw .unavailable }
        let mayBeginAgain = isAtStart
        isAtStart = false
        do {
            return try connection.run(statement, until: deadline)
        } catch {
            guard mayBeginAgain, Self.isStalePlan(error, on: connection) else {
                throw error.storageErrorBeforeCommit
            }
        }
        do {  // The refusal has ended the transaction, in which nothing was done.
            _ = try connection.runScript("ROLLBACK", until: deadline)
            _ = try connection.runScript("BEGIN", until: deadline)
            return try connection.run(statement, until: deadline)
        } catch {
            throw error.storageErrorBeforeCommit
        }
    }

    private func run(
        _ statement: Statement, on connection: BlockingConnection, until deadline: Deadline
    ) throws(StorageError) -> StatementAnswer {
        do {
            return try connection.run(statement, until: deadline)
        } catch {
            guard Self.isStalePlan(error, on: connection) else { throw error.storageError }
        }
        do {  // It did not run; prepared anew it may.
            return try connection.run(statement, until: deadline)
        } catch {
            throw error.storageError
        }
    }

    private static func isStalePlan(
        _ failure: StatementFailure, on connection: BlockingConnection
    ) -> Bool {
        guard case .refused(let refusal) = failure else { return false }
        return BlockingConnection.isStalePlan(refusal) && connection.isOpen
    }

    private func measured<Value>(
        _ body: () throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        let started = Deadline.now
        defer { metrics.duration.observe(nanoseconds: started.elapsedNanoseconds) }
        do {
            return try body()
        } catch {
            metrics.count(error)
            throw error
        }
    }
}
