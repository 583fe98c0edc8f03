import Determinism
import Observability
import Synchronization
import TestSupport
import Testing

@testable import Storage

@Suite("several hosts in a URL") struct HostTests {
    /// A resolver that answers for one name and comes back for no other before it is let go.
    private final class SlowResolver: Sendable {
        let asked = Monitor<[String]>([])
        private let isReleased = Monitor(false)

        var resolver: HostResolver {
            HostResolver { name in
                self.asked.update { $0.append(name) }
                if name == "quick.test" { return ["127.0.0.1"] }
                _ = self.isReleased.wait(until: .after(milliseconds: 60_000)) { $0 ? true : nil }
                return []
            }
        }

        func release() { isReleased.update { $0 = true } }
    }

    private static let settings = SessionSettings(
        statementMilliseconds: 1000, lockMilliseconds: 1000, idleInTransactionMilliseconds: 1000,
        applicationName: "test")

    /// - Returns: among others, which names were asked for.
    private func connect(
        to hosts: [String], milliseconds: Int64
    ) async throws -> (isOpen: Bool, asked: [String], nanoseconds: UInt64) {
        let cluster = try await TestCluster.shared()
        let slow = SlowResolver()
        defer { slow.release() }
        let list = hosts.map { "\($0):\(cluster.port)" }.joined(separator: ",")
        let target = try ConnectionTarget(
            url: "postgresql://sluice@\(list)/postgres", resolver: slow.resolver)
        let (isOpen, nanoseconds) = try await offThread {
            let started = Deadline.now
            let connection = try? BlockingConnection.open(
                target, settings: Self.settings, until: .after(milliseconds: milliseconds))
            return (connection?.isOpen ?? false, started.elapsedNanoseconds)
        }
        return (isOpen, slow.asked.read { $0 }, nanoseconds)
    }

    @Test("a name server that does not answer for one host leaves the next its time")
    func nextHost() async throws {
        let result = try await connect(to: ["dead.test", "quick.test"], milliseconds: 6000)
        #expect(result.isOpen && result.asked == ["dead.test", "quick.test"])
    }

    @Test("a host that answers is connected to before others are asked for")
    func firstHost() async throws {
        for host in ["127.0.0.1", "quick.test"] {
            let result = try await connect(to: [host, "dead.test"], milliseconds: 10_000)
            #expect(result.isOpen && !result.asked.contains("dead.test"))
        }
    }

    @Test("when no name server answers the deadline is kept")
    func noHost() async throws {
        let result = try await connect(to: ["dead.test", "gone.test"], milliseconds: 500)
        #expect(!result.isOpen && result.asked == ["dead.test", "gone.test"])
        #expect(result.nanoseconds < 4_000_000_000)
    }
}
