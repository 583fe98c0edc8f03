public import Determinism
public import Observability

/// A connection for a thread that stores much: whole transactions, COPY among them, without a hop
/// from thread to thread. Used by one thread at a time.
public final class BulkConnection {
    private let pooled: PooledConnection

    /// Connects to nothing yet.
    public init(
        _ target: BulkTarget, logger: Logger, metrics: MetricsRegistry, pool: String
    ) {
        pooled = PooledConnection(
            target.target, configuration: target.configuration, logger: logger,
            metrics: StorageMetrics(metrics, pool: pool))
    }

    /// Ends the connection; the next transaction opens another one.
    public func close() { pooled.discard() }

    /// Runs `body` in one transaction (READ COMMITTED) and commits when it returns.
    ///
    /// - Throws: what `body` throws, after rolling back. From the commit itself
    ///   ``StorageError/connectionLost``: whether it was done is not known.
    public func transaction<Value>(
        until deadline: Deadline,
        _ body: (borrowing BulkTransaction) throws(StorageError) -> Value
    ) throws(StorageError) -> Value {
        let connection: BlockingConnection
        do {
            connection = try pooled.begin(until: deadline)
        } catch {
            pooled.discard()
            throw error
        }
        let value: Value
        do {
            value = try body(BulkTransaction(pooled, deadline))
        } catch {
            rollBack(connection)
            throw error
        }
        try commit(connection, until: deadline)
        return value
    }

    private func commit(
        _ connection: BlockingConnection, until deadline: Deadline
    ) throws(StorageError) {
        guard connection.isStillOpen() else { throw .unavailable }
        let command: String
        do {
            command = try connection.runScript("COMMIT", until: deadline).command
        } catch {
            pooled.metrics.count(error.storageError)
            pooled.discard()
            throw error.storageError
        }
        // A failed transaction answers COMMIT with a rollback.
        guard command == "COMMIT" else { throw .rejected(sqlState: "25P02") }
    }

    private func rollBack(_ connection: BlockingConnection) {
        let limit = Deadline.after(milliseconds: 500)
        if (try? connection.runScript("ROLLBACK", until: limit)) == nil { pooled.discard() }
    }
}
