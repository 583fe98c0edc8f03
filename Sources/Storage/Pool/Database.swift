import Determinism
public import Observability

/// PostgreSQL behind a fixed pool of threads, each with a connection of its own.
///
/// A statement goes from the caller's task to a thread and back: two hops, and no waiting that
/// does not end at the statement's deadline. Cancelling the caller's task does not stop a
/// statement that is under way.
public final class Database: StatementRunner {
    let configuration: DatabaseConfiguration
    private let queue: JobQueue
    private let sharedCommits: SharedCommits
    private let metrics: StorageMetrics

    /// Connects to nothing yet: a database that is away is no reason not to start.
    ///
    /// - Parameter pool: tells this pool's metrics from another's.
    public init(
        _ configuration: DatabaseConfiguration, logger: Logger, metrics: MetricsRegistry,
        pool: String = "main"
    ) throws(InvalidDatabaseURL) {
        let target = try ConnectionTarget(url: configuration.url)
        self.configuration = configuration
        self.metrics = StorageMetrics(metrics, pool: pool)
        queue = JobQueue(limit: configuration.queueLimit, queued: self.metrics.queued)
        sharedCommits = SharedCommits(
            queue, limit: configuration.queueLimit,
            leastMilliseconds: configuration.deadlineMilliseconds / 8,
            queued: self.metrics.queued)
        self.metrics.poolSize.set(Int64(configuration.poolSize))
        for _ in 0..<configuration.poolSize { startWorker(target, logger) }
    }

    deinit { queue.close() }

    /// Statements that wait fail as ``StorageError/unavailable``, as do all later ones; those
    /// under way are finished.
    public func close() { queue.close() }

    private func startWorker(_ target: ConnectionTarget, _ logger: Logger) {
        BackgroundThread.start { [queue, metrics, configuration] in
            let connection = PooledConnection(
                target, configuration: configuration, logger: logger, metrics: metrics)
            let inbox = JobQueue.Inbox(nil)
            while let job = queue.next(for: inbox) {
                metrics.queueWait.observe(nanoseconds: job.asked.elapsedNanoseconds)
                metrics.inUse.add(1)
                defer { metrics.inUse.add(-1) }
                if job.deadline.isPast {
                    metrics.count(.unavailable)
                    job.refuse(.unavailable)
                } else {
                    job.run(connection)
                }
            }
            connection.discard()
        }
    }

    public func perform<Value: Sendable>(
        _ sql: SQL,
        _ read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let asked = Deadline.now
        let outcome: Result<Value, StorageError> = await withCheckedContinuation { caller in
            submit(job(Statement(sql), asked: asked, for: caller, read: read))
        }
        return try outcome.get()
    }

    func performSharing<Value: Sendable>(
        order: [UInt8], _ sql: SQL,
        _ read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let asked = Deadline.now
        let statement = Statement(sql)
        let outcome: Result<Value, StorageError> = await withCheckedContinuation { caller in
            sharedCommits.submit(
                SharedCommits.Member(
                    statement: statement, order: order,
                    job: job(statement, asked: asked, for: caller, read: read),
                    read: { answer in
                        let value: Result<Value, StorageError>
                        do throws(StorageError) {
                            value = .success(try read(answer))
                        } catch {
                            value = .failure(error)
                        }
                        return { caller.resume(returning: value) }
                    }))
        }
        return try outcome.get()
    }

    private func job<Value: Sendable>(
        _ statement: Statement, asked: Deadline,
        for caller: CheckedContinuation<Result<Value, StorageError>, Never>,
        read: @escaping @Sendable (borrowing StatementAnswer) throws(StorageError) -> Value
    ) -> Job {
        let deadline = asked.adding(milliseconds: configuration.deadlineMilliseconds)
        return Job(
            asked: asked, deadline: deadline,
            run: { connection in
                caller.resume(
                    returning: Result { () throws(StorageError) in
                        try connection.perform(statement, until: deadline, read: read)
                    })
            },
            refuse: { caller.resume(returning: .failure($0)) })
    }

    func submit(_ job: Job) { queue.submit(job) }
}
