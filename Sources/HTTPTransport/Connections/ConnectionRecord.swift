import CMicroHTTPD
import Determinism
import Glibc
import Synchronization

/// What is known of one open connection, for the watchdog that ends slow ones.
///
/// The connection's own thread only counts phases up; when a phase began is what the watchdog
/// saw, so that a request costs no clock reading and no lock.
final class ConnectionRecord: Sendable {
    enum Phase: UInt64 {
        case head, body, answering, sending, idle
    }

    private struct Watch {
        var descriptor: Int32
        var seen: UInt64 = .max
        var since = Deadline.now
        /// Bytes received when the connection was first seen idle.
        var idleBytes: Int64 = 0
        /// Idle, but part of a further head has come.
        var hasBegunHead = false
        /// How often in a row a request was seen to be cut off: nothing to read, and no more comes.
        var timesCutOff = 0
        var hasPeerFinished = false
    }

    let peerAddress: IPAddress?
    private let stage = Atomic<UInt64>(Phase.head.rawValue)
    private let watch: Mutex<Watch>

    init(descriptor: Int32, peerAddress: IPAddress?) {
        self.peerAddress = peerAddress
        watch = Mutex(Watch(descriptor: descriptor))
    }

    /// Only the connection's own thread calls this, so load and store need not be one step.
    func enter(_ phase: Phase) {
        let count = stage.load(ordering: .relaxed) >> 3
        stage.store((count + 1) << 3 | phase.rawValue, ordering: .relaxed)
    }

    /// Called before the descriptor is closed, from when on its number may be another's.
    func descriptorWillClose() {
        watch.withLock { $0.descriptor = -1 }
    }

    /// Shuts the connection down when its phase has lasted too long; its thread then sees the
    /// end of the stream and cleans up.
    ///
    /// - Returns: the phase that took too long, once.
    func enforce(_ configuration: HTTPServerConfiguration) -> Phase? {
        let current = stage.load(ordering: .relaxed)
        return watch.withLock { watch in
            guard watch.descriptor >= 0, let phase = Phase(rawValue: current & 7) else {
                return nil
            }
            let effective = Self.observe(phase, current, &watch)
            guard watch.hasPeerFinished || hasPassed(configuration, effective, watch.since) else {
                return nil
            }
            shutdown(watch.descriptor, Int32(SHUT_RDWR))
            watch.descriptor = -1
            return effective
        }
    }

    private func hasPassed(
        _ configuration: HTTPServerConfiguration, _ phase: Phase, _ since: Deadline
    ) -> Bool {
        guard let limit = configuration.milliseconds(of: phase) else { return false }
        return since.elapsedNanoseconds / 1_000_000 >= UInt64(max(0, limit))
    }

    /// Notes a phase seen for the first time, and what the parser does not tell of an idle
    /// connection: that a head has begun whose first line is not yet whole, and that the peer has
    /// closed its side together with its last bytes, which epoll reports only once.
    private static func observe(_ phase: Phase, _ current: UInt64, _ watch: inout Watch) -> Phase {
        let isNew = watch.seen != current
        if isNew {
            watch.seen = current
            watch.since = .now
            watch.hasBegunHead = false
            watch.timesCutOff = 0
        }
        guard phase != .answering, phase != .sending else { return phase }
        let progress = sluice_tcp_progress_of(watch.descriptor)
        guard phase == .idle else {
            // Once may be a moment before the last bytes read are acted on.
            let isCutOff = progress.peer_has_finished != 0 && progress.bytes_unread == 0
            watch.timesCutOff = isCutOff ? watch.timesCutOff + 1 : 0
            watch.hasPeerFinished = watch.timesCutOff > 1
            return phase
        }
        if isNew {
            watch.idleBytes = progress.bytes_received
        } else if progress.peer_has_finished != 0 {
            watch.hasPeerFinished = true
        } else if !watch.hasBegunHead, progress.bytes_received > watch.idleBytes {
            watch.hasBegunHead = true
            watch.since = .now
        }
        return watch.hasBegunHead ? .head : .idle
    }
}

extension HTTPServerConfiguration {
    /// How long a phase may last; an answer in the making ends by itself.
    fileprivate func milliseconds(of phase: ConnectionRecord.Phase) -> Int64? {
        switch phase {
        case .head: headMilliseconds
        case .body: bodyMilliseconds
        case .answering: nil
        case .sending: sendMilliseconds
        case .idle: idleMilliseconds
        }
    }

    /// How often the watchdog looks: an eighth of the shortest limit, within reason.
    var watchIntervalMilliseconds: Int32 {
        let shortest = min(headMilliseconds, bodyMilliseconds, sendMilliseconds, idleMilliseconds)
        return Int32(max(20, min(1000, shortest / 8)))
    }
}
