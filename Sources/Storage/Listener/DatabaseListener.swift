public import Determinism
public import Observability
import Synchronization

/// Hears of changes by NOTIFY and, because a notification may be lost or its connection half-open,
/// also asks at a fixed interval. One thread, one connection of its own.
///
/// A notification makes it ask at once. Whoever depends on the news looks at ``lastNews`` and does
/// without this class when that is too long ago.
public final class DatabaseListener: Sendable {
    private let configuration: ListenerConfiguration
    private let target: ConnectionTarget
    private let poll: @Sendable () -> SQL
    private let read: @Sendable (borrowing StatementAnswer) throws(StorageError) -> Void
    private let notified: @Sendable (DatabaseNotification) -> Void
    private let logger: Logger
    private let reconnects: Counter
    private let isConnected: Gauge
    private let isStopped = Atomic(false)
    private let news = Mutex<Deadline?>(nil)

    /// - Parameters:
    ///   - poll: asked before each poll; what it returns is run.
    ///   - rows: called on the listener's thread with the answer; must not block.
    ///   - notified: called on the listener's thread; the poll comes after it.
    public init<Row: SQLRow>(
        _ configuration: ListenerConfiguration, logger: Logger, metrics: MetricsRegistry,
        poll: @escaping @Sendable () -> SQL, rows: @escaping @Sendable ([Row]) -> Void,
        notified: @escaping @Sendable (DatabaseNotification) -> Void = { _ in }
    ) throws(InvalidDatabaseURL) {
        self.configuration = configuration
        target = try ConnectionTarget(url: configuration.url)
        self.poll = poll
        read = { answer throws(StorageError) in rows(try answer.rows()) }
        self.notified = notified
        self.logger = logger
        reconnects = metrics.counter(
            "sluice_listener_connects_total", help: "Connections of the listener.")
        isConnected = metrics.gauge(
            "sluice_listener_connected", help: "1 while the listener hears the database.")
    }

    /// When the last poll that succeeded was sent: all that was committed before is known here.
    /// Nil before the first.
    public var lastNews: Deadline? { news.withLock { $0 } }

    /// Runs until ``stop()``. Call once.
    public func start() {
        BackgroundThread.start { self.run() }
    }

    /// Ends the thread after its current wait, which is no longer than the poll's interval.
    public func stop() { isStopped.store(true, ordering: .releasing) }

    private var isRunning: Bool { !isStopped.load(ordering: .acquiring) }

    private func run() {
        let pause = Monitor(())
        while isRunning {
            if let connection = connect(), attend(connection) { continue }
            let retry = Deadline.after(milliseconds: configuration.retryMilliseconds)
            _ = pause.wait(until: retry) { _ in nil as Void? }
        }
    }

    private func connect() -> BlockingConnection? {
        let settings = SessionSettings(
            statementMilliseconds: configuration.answerMilliseconds,
            lockMilliseconds: configuration.answerMilliseconds,
            idleInTransactionMilliseconds: 10_000,
            applicationName: configuration.applicationName, channels: configuration.channels)
        do {
            let connection = try BlockingConnection.open(
                target, settings: settings,
                until: .after(milliseconds: configuration.connectMilliseconds))
            reconnects.increment()
            return connection
        } catch {
            logger.warning("the listener has no connection", ("reason", .text(error.reason)))
            return nil
        }
    }

    /// Polls and listens until the connection dies or does not answer in time.
    ///
    /// - Returns: whether a poll succeeded, so that the next connection may be tried at once.
    private func attend(_ connection: BlockingConnection) -> Bool {
        var hasHeard = false
        while isRunning, let sent = ask(connection) {
            hasHeard = true
            isConnected.set(1)
            let next = sent.adding(milliseconds: configuration.pollMilliseconds)
            while isRunning, !hear(connection), !next.isPast {
                guard connection.wait(for: Self.readable, until: next) != nil else { continue }
                guard connection.isStillOpen() else { break }
            }
        }
        isConnected.set(0)
        connection.close()
        return hasHeard
    }

    /// `POLLIN` of `poll.h`.
    private static let readable: Int16 = 1

    /// - Returns: whether there was something to hear.
    private func hear(_ connection: BlockingConnection) -> Bool {
        var hasHeard = false
        while let notification = connection.nextNotification() {
            notified(notification)
            hasHeard = true
        }
        return hasHeard
    }

    /// - Returns: when the poll was sent, or nil when it was not answered in time.
    private func ask(_ connection: BlockingConnection) -> Deadline? {
        let sent = Deadline.now
        do {
            let answer = try connection.run(
                Statement(poll()),
                until: sent.adding(milliseconds: configuration.answerMilliseconds))
            try read(answer)
            news.withLock { $0 = sent }
            return sent
        } catch let error as StatementFailure {
            logger.warning("the listener's poll failed", ("reason", .text("\(error.storageError)")))
        } catch {
            logger.error("the listener cannot read its poll", ("reason", .text("\(error)")))
        }
        return nil
    }
}
