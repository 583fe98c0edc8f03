import CMicroHTTPD
import Glibc
public import Observability
import Synchronization

/// An HTTP/1.1 server.
///
/// Threads read, guard and answer; a request whose answer takes time rests in a task meanwhile.
/// Made for standing behind a proxy, yet safe without one against slow, greedy and ambiguous
/// clients.
public final class HTTPServer: Sendable {
    private enum State {
        case new
        case running(daemon: UInt, Listener)
        case stopped
    }

    /// How long answers given by stopping itself may take to be sent.
    private static let sendGraceMilliseconds: Int64 = 1000

    private let core: ServerCore
    private let state = Mutex(State.new)

    public init(
        _ configuration: HTTPServerConfiguration, responder: any HTTPResponder, logger: Logger,
        metrics: MetricsRegistry
    ) {
        core = ServerCore(
            configuration, responder: responder, logger: logger, metrics: metrics)
    }

    /// Opens the port and begins to answer.
    public func start() throws(HTTPServerError) {
        try state.withLock { state throws(HTTPServerError) in
            guard case .new = state else { throw .alreadyStarted }
            raiseDescriptorLimit()
            let listener = try Listener(core)
            guard let daemon = Daemon.start(core) else {
                let number = errno
                listener.closePort()
                throw .resourcesExhausted(errorNumber: number)
            }
            state = .running(daemon: UInt(bitPattern: daemon), listener)
            ConnectionWatchdog.start(core)
            listener.start(daemon: daemon)
        }
    }

    /// The port listened on, or 0 when not running.
    public var port: UInt16 {
        state.withLock { state in
            guard case .running(_, let listener) = state else { return 0 }
            return listener.port
        }
    }

    /// Every answer from now on ends its connection, while new ones are still accepted: what
    /// stands in front moves away without seeing a refused connection.
    public func beginDraining() {
        core.isDraining.store(true, ordering: .relaxed)
    }

    /// Closes the port, waits for the requests in flight, gives what then remains a 503, and
    /// closes every connection. Idle ones are closed as soon as no request is in flight.
    ///
    /// Blocks: call it from a thread of its own, not from a task, whose threads the requests
    /// being waited for may need.
    ///
    /// - Parameter drainMilliseconds: how long to wait for requests in flight.
    public func stop(drainMilliseconds: Int64) {
        let taken = state.withLock { state in
            defer { state = .stopped }
            return state
        }
        guard case .running(let address, let listener) = taken else { return }
        beginDraining()
        listener.stop()
        ServerDrain.waitUntilQuiet(core, milliseconds: drainMilliseconds)
        core.pending.endAll { core.refusal(.shuttingDown, of: $0) }
        ServerDrain.waitUntilQuiet(core, milliseconds: Self.sendGraceMilliseconds)
        MHD_stop_daemon(OpaquePointer(bitPattern: address))
        core.isStopped.store(true, ordering: .releasing)
    }

    deinit { stop(drainMilliseconds: 0) }

    /// For everything that is no client: the database, nodes, files.
    private static let otherDescriptors = 512

    /// Each connection takes a descriptor, and the usual soft limit of 1,024 is below ours. Where
    /// it cannot be raised, clients get fewer, so that they never take those of the database.
    private func raiseDescriptorLimit() {
        let wanted = rlim_t(core.configuration.connectionLimit + Self.otherDescriptors)
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < wanted
        else {
            return
        }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur < wanted else { return }
        let allowed = Int(limit.rlim_cur)
        let left = max(allowed / 2, allowed - Self.otherDescriptors)
        core.connectionLimit.store(left, ordering: .relaxed)
        core.logger.warning(
            "fewer connections than configured, for want of descriptors",
            (name: "descriptors", value: .number(Int64(allowed))),
            (name: "connections", value: .number(Int64(left))))
    }
}
