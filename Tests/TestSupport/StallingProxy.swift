import Glibc
import Observability
import Synchronization

/// Forwards TCP to a port of 127.0.0.1, until it is told to misbehave as networks do.
public final class StallingProxy: Sendable {
    public enum Mode: Int, Sendable {
        case forwarding
        /// Connections stay open and new ones are taken, and not a byte gets through.
        case stalled
        /// As `stalled` for those that are open; new ones are forwarded.
        case stalledForExisting
        /// Connections are reset, and new ones at once.
        case cut
        /// Those that are open are reset; new ones are forwarded.
        case cutForExisting
    }

    private struct Pair {
        var client: Int32
        var server: Int32
        var isStalled = false
    }

    public let port: UInt16
    private let target: UInt16
    private let listener: Int32
    private let mode = Atomic(Mode.forwarding.rawValue)
    private let modeInForce = Atomic(Mode.forwarding.rawValue)
    private let isStopped = Atomic(false)

    public init(to target: UInt16) throws {
        self.target = target
        (listener, port) = try LoopbackSocket.listen()
        BackgroundThread.start { [self] in run() }
    }

    public func set(_ mode: Mode) { self.mode.store(mode.rawValue, ordering: .releasing) }

    /// Whether it already behaves as it was told last.
    public var isInForce: Bool {
        modeInForce.load(ordering: .acquiring) == mode.load(ordering: .acquiring)
    }

    public func stop() { isStopped.store(true, ordering: .releasing) }

    private func run() {
        var pairs: [Pair] = []
        var mode = Mode.forwarding
        while !isStopped.load(ordering: .acquiring) {
            let wanted = Mode(rawValue: self.mode.load(ordering: .acquiring)) ?? .forwarding
            if wanted != mode { change(&pairs, to: wanted) }
            mode = wanted
            modeInForce.store(mode.rawValue, ordering: .releasing)
            step(&pairs, mode)
        }
        for pair in pairs { close(pair) }
        Glibc.close(listener)
    }

    private func change(_ pairs: inout [Pair], to mode: Mode) {
        switch mode {
        case .forwarding: for index in pairs.indices { pairs[index].isStalled = false }
        case .stalled, .stalledForExisting:
            for index in pairs.indices { pairs[index].isStalled = true }
        case .cut, .cutForExisting:
            for pair in pairs { close(pair) }
            pairs = []
        }
    }

    /// Waits 5 ms at most, so that a change of mode takes hold soon.
    private func step(_ pairs: inout [Pair], _ mode: Mode) {
        var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        for pair in pairs {
            let events = pair.isStalled ? 0 : Int16(POLLIN)
            // A negative descriptor is not looked at: else a hang-up would make us spin.
            entries.append(
                pollfd(fd: pair.isStalled ? -1 : pair.client, events: events, revents: 0))
            entries.append(
                pollfd(fd: pair.isStalled ? -1 : pair.server, events: events, revents: 0))
        }
        guard poll(&entries, nfds_t(entries.count), 5) > 0 else { return }
        var ended: [Int] = []
        for (index, pair) in pairs.enumerated() where !pair.isStalled {
            let fromClient = entries[1 + 2 * index].revents != 0
            let fromServer = entries[2 + 2 * index].revents != 0
            if fromClient && !copy(pair.client, pair.server)
                || fromServer && !copy(pair.server, pair.client)
            {
                close(pair)
                ended.append(index)
            }
        }
        for index in ended.reversed() { pairs.remove(at: index) }
        if entries[0].revents != 0 { accept(&pairs, mode) }
    }

    private func accept(_ pairs: inout [Pair], _ mode: Mode) {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard mode != .cut, let server = LoopbackSocket.connect(port: target) else {
            return reset(client)
        }
        pairs.append(Pair(client: client, server: server, isStalled: mode == .stalled))
    }

    private func copy(_ source: Int32, _ destination: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(source, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        var sent = 0
        while sent < count {
            let result = buffer[sent..<count].withUnsafeBytes {
                send(destination, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard result > 0 else { return false }
            sent += result
        }
        return true
    }

    private func close(_ pair: Pair) {
        reset(pair.client)
        reset(pair.server)
    }

    /// Closes with RST and not in good order.
    private func reset(_ descriptor: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        Glibc.close(descriptor)
    }
}
