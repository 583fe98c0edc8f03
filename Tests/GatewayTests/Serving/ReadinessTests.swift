import ByteCodecs
import Observability
import Synchronization
import Testing

@testable import Gateway

@Suite struct ReadinessTests {
    private func bench(_ states: (String, CheckState)...) -> GatewayBench {
        GatewayBench(checks: states.map { name, state in ReadinessCheck(name: name) { state } })
    }

    @Test(
        "the worst check decides",
        arguments: [
            ([CheckState.ok, .absent], 200, "ok"), ([.ok, .degraded("lag")], 200, "degraded"),
            ([.unavailable("gone"), .degraded("lag")], 503, "unavailable"), ([], 200, "ok"),
        ])
    func status(states: [CheckState], status: Int, word: String) async throws {
        let checks = states.enumerated().map { index, state in
            ReadinessCheck(name: "c\(index)") { state }
        }
        let answer = await GatewayBench(checks: checks).send("GET", "/ready")

        #expect(answer.status == status)
        #expect(try answer.json()["status"] == .string(word))
        #expect((answer.header("Retry-After") != nil) == (status == 503))
    }

    @Test func checksAreNamed() async throws {
        let answer = await bench(("database", .ok), ("node", .absent)).send("GET", "/ready")

        #expect(try answer.json()["checks"] == ["database": "ok", "node": "absent"])
    }

    @Test func drainingSaysNoAndServesOn() async {
        let bench = bench(("database", .ok))
        bench.gateway.beginDraining()

        #expect(await bench.send("GET", "/ready").status == 503)
        #expect(await bench.send("GET", "/health").status == 200)
        #expect(await bench.send("GET", "/.well-known/jwks.json").status == 200)
    }

    @Test("many who ask at once are one check")
    func sharing() async {
        let runs = Mutex(0)
        let (gate, opener) = AsyncStream<Void>.makeStream()
        let probe = ReadinessProbe([
            ReadinessCheck(name: "slow") {
                runs.withLock { $0 += 1 }
                for await _ in gate { break }
                return .ok
            }
        ])
        async let first = probe.report()
        async let second = probe.report()
        while runs.withLock({ $0 }) == 0 { await Task.yield() }
        async let third = probe.report()
        opener.finish()

        #expect(await [first, second, third].allSatisfy { $0.status == "ok" })
        #expect(runs.withLock { $0 } <= 2)
    }
}
