public import Determinism
public import Observability
import Synchronization

/// Hears of changes by NOTIFY and, because a notification may be lost or its connection half-open,
/// also asks at a fixed interval. One thread, one connection of its own.
///
/// A notification makes it ask at once. Whoever depends on the news remembers when they were asked
/// for, and does without this class when that is too long ago.
public final class DatabaseListener: Sendable {
    private let configuration: ListenerConfiguration
    private let target: ConnectionTarget
    private let poll: @Sendable (ListenerOccasion) -> SQL
    private let read:
        @Sendable (borrowing StatementAnswer, _ asked: Deadline) throws(StorageError) -> Void
    private let logger: Logger
    private let reconnects: Counter
    private let isConnected: Gauge
    private let isStopped = Atomic(false)

    /// - Parameters:
    ///   - poll: asked before each poll; what it returns is run.
    ///   - rows: called on the listener's thread with the answer and the moment at which it was
    ///     asked for: all that was committed before is known here. Must not block.
    public init<Row: SQLRow>(
        _ configuration: ListenerConfiguration, logger: Logger, metrics: MetricsRegistry,
        poll: @escaping @Sendable (ListenerOccasion) -> SQL,
        rows: @escaping @Sendable (_ rows: [Row], _ asked: Deadline) -> Void
    ) throws(InvalidDatabaseURL) {
        self.configuration = configuration
        target = try ConnectionTarget(url: configuration.url)
        self.poll = poll
        read = { answer, asked throws(StorageError) in rows(try answer.rows(), asked) }
        self.logger = logger
        reconnects = metrics.counter(
            "sluice_listener_connects_total", help: "Connections of the listener.")
        isConnected = metrics.gauge(
            "sluice_listener_connected", help: "1 while the listener hears the database.")
    }

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
        var occasion = ListenerOccasion.connected
        while isRunning, let sent = ask(connection, on: occasion) {
            hasHeard = true
            isConnected.set(1)
            let next = sent.adding(milliseconds: configuration.pollMilliseconds)
            occasion = .interval
            while isRunning, !next.isPast {
                if hear(connection) {
                    occasion = .notified
                    break
                }
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
        while connection.nextNotification() != nil { hasHeard = true }
        return hasHeard
    }

    /// - Returns: when the poll was sent, or nil when it was not answered in time.
    private func ask(
        _ connection: BlockingConnection, on occasion: ListenerOccasion
    ) -> Deadline? {
        let sent = Deadline.now
        do {
            let answer = try connection.run(
                Statement(poll(occasion)),
                until: sent.adding(milliseconds: configuration.answerMilliseconds))
            try read(answer, sent)
            return sent
        } catch let error as StatementFailure {
            logger.warning("the listener's poll failed", ("reason", .text("\(error.storageError)")))
        } catch {
            logger.error("the listener cannot read its poll", ("reason", .text("\(error)")))
        }
        return nil
    }
}
