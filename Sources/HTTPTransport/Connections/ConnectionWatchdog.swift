import Glibc
import Observability
import Synchronization

/// Ends connections that are too slow: the daemon's own timeout counts silence only, so a client
/// that sends one byte a second would stay for ever.
enum ConnectionWatchdog {
    static func start(_ core: ServerCore) {
        BackgroundThread.start {
            let interval = core.configuration.watchIntervalMilliseconds
            while !core.isStopped.load(ordering: .acquiring) {
                poll(nil, 0, interval)
                look(core)
            }
        }
    }

    private static func look(_ core: ServerCore) {
        let records = core.connections.all
        core.metrics.connections.set(Int64(records.count))
        core.metrics.inFlight.set(Int64(core.inFlight.load(ordering: .relaxed)))
        for record in records {
            guard let phase = record.enforce(core.configuration) else { continue }
            core.metrics.closedSlow(phase)
            guard phase != .idle else { continue }
            core.logger.debug(
                "slow connection closed", (name: "phase", value: .text("\(phase)")),
                (name: "peer", value: .text(record.peerAddress?.description ?? "")))
        }
    }
}
