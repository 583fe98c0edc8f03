import Observability
import Services
import Storage
import Synchronization
import TestSupport

/// Counts what is announced to the writer of the vault.
final class VaultEar: Sendable {
    private final class Heard: Sendable {
        let notices = Mutex(0)
        let polls = Mutex(0)
    }

    private let listener: DatabaseListener
    private let heard: Heard

    init(_ store: TestDatabase) async throws {
        let heard = Heard()
        self.heard = heard
        var configuration = ListenerConfiguration(url: store.url, channels: ["vault"])
        configuration.pollMilliseconds = 3_600_000
        listener = try DatabaseListener(
            configuration, logger: .disabled, metrics: MetricsRegistry(),
            poll: { occasion in
                if occasion == .notified { heard.notices.withLock { $0 += 1 } }
                return "SELECT 1::bigint"
            },
            rows: { (_: [SQLScalar<Int64>], _) in heard.polls.withLock { $0 += 1 } })
        listener.start()
        guard await eventually({ heard.polls.withLock { $0 } > 0 }) else {
            throw TestFailure("the listener never asked")
        }
    }

    deinit { listener.stop() }

    var count: Int { heard.notices.withLock { $0 } }
}
