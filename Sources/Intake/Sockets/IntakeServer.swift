public import Determinism
import Glibc
public import Observability

/// Listens at all places and reads what comes, each connection on a thread of its own. A reader
/// that finds no room waits, and so does its sender.
public final class IntakeServer: Sendable {
    private struct State {
        var listeners: [Int32] = []
        var readers = 0
        var streams = 0
        var isStopping = false
    }

    private let judge: LineJudge
    private let queue: BatchQueue
    private let metrics: IntakeMetrics
    private let logger: Logger
    private let connectionLimit: Int
    private let state = Monitor(State())

    /// - Parameter connectionLimit: connections at a time; more are closed at once.
    public init(
        judge: LineJudge, queue: BatchQueue, metrics: IntakeMetrics, logger: Logger,
        connectionLimit: Int
    ) {
        self.judge = judge
        self.queue = queue
        self.metrics = metrics
        self.logger = logger
        self.connectionLimit = connectionLimit
    }

    /// - Returns: the port that was bound; 0 for a path.
    @discardableResult
    public func listen(at address: ListenAddress) throws(SocketError) -> UInt16 {
        let socket = try BoundSocket(address)
        state.update { state in
            state.listeners.append(socket.descriptor)
            state.readers += 1
        }
        BackgroundThread.start { [self] in
            if case .udp = address.place {
                readDatagrams(socket.descriptor, address)
            } else {
                accept(socket.descriptor, address)
            }
            close(socket.descriptor)
            state.update { $0.readers -= 1 }
        }
        return socket.port
    }

    /// Takes no more connections, tells senders to stop, and reads what they had sent until they
    /// have, or the deadline.
    public func stop(until deadline: Deadline) {
        state.update { $0.isStopping = true }
        _ = state.wait(until: deadline) { $0.readers == 0 ? true : nil }
    }

    private var isStopping: Bool { state.read { $0.isStopping } }

    // MARK: - Connections

    private func accept(_ listener: Int32, _ address: ListenAddress) {
        while !isStopping {
            guard Readiness.wait(listener, milliseconds: 200) else { continue }
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                if errno == EMFILE || errno == ENFILE || errno == ENOMEM { poll(nil, 0, 100) }
                continue
            }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            guard hasTakenPlace() else {
                metrics.connectionsRefused.increment()
                logger.warning("too many connections", ("at", .text("\(address)")))
                close(descriptor)
                continue
            }
            read(descriptor, address)
        }
    }

    private func hasTakenPlace() -> Bool {
        state.update { state in
            guard state.streams < connectionLimit else { return false }
            state.streams += 1
            state.readers += 1
            metrics.connections.set(Int64(state.streams))
            return true
        }
    }

    private func read(_ descriptor: Int32, _ address: ListenAddress) {
        BackgroundThread.start { [self] in
            var reader = StreamReader(descriptor, address, judge: judge, queue: queue)
            let end = reader.run { self.isStopping }
            close(descriptor)
            if case .refused(let reason) = end {
                metrics.connectionsRefused.increment()
                logger.warning(
                    "a connection was ended", ("at", .text("\(address)")),
                    ("reason", .text(reason)))
            }
            state.update { state in
                state.streams -= 1
                state.readers -= 1
                metrics.connections.set(Int64(state.streams))
            }
        }
    }

    // MARK: - Datagrams

    /// Each datagram is a message. They come one by one; those that are there already are taken
    /// together.
    private func readDatagrams(_ descriptor: Int32, _ address: ListenAddress) {
        let sender = Sender(source: "\(address)", edge: address.edge)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
        defer { buffer.deallocate() }
        while !isStopping {
            guard Readiness.wait(descriptor, milliseconds: 200) else { continue }
            var chunk = LineChunk()
            let now = judge.now
            while chunk.lines.count < 1024 {
                let count = recv(
                    descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
                guard count >= 0 else { break }
                let bytes = UnsafeBufferPointer(
                    rebasing: buffer.bindMemory(to: UInt8.self)[..<count])
                judge.judge(bytes, from: sender, at: now, into: &chunk)
            }
            queue.deliver(chunk, from: sender.source)
        }
    }
}
