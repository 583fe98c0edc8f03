import Determinism
import Storage
import TestSupport
import Testing

@testable import Services

@Suite struct InstanceStoreTests {
    @Test("what was stored is read back whole, and by its customer alone")
    func whole() async throws {
        let world = try await ServicesWorld()
        let (mine, other) = (try await world.customer(1), try await world.customer(2))
        var row = InstanceRow(customer: mine, service: .seal, state: .enabled)
        row.configuration = Chosen.pro
        let march = try #require(Timestamp(rfc3339: "2028-03-01T00:00:00Z"))
        let february = try #require(Timestamp(rfc3339: "2028-02-01T00:00:00Z"))
        row.scheduled = .init(Chosen.starter, from: march)
        row.paid = .init(month: february, configuration: Chosen.pro, priceVersion: 7)
        #expect(try await world.save(row))
        let found = try #require(try await world.database.instance(mine, .seal))
        row.version = 1
        (row.createdAt, row.changedAt) = (world.now, world.now)
        #expect(found == row)
        #expect(try await world.database.instances(of: mine) == [row])
        #expect(try await world.database.instance(mine, .grpc) == nil)
        #expect(try await world.database.instances(of: other).isEmpty)
        #expect(
            try await world.store.value("SELECT scheduled_from::text FROM service_instances")
                == "2028-03-01")
    }

    @Test("who read an older version writes nothing")
    func stale() async throws {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        try await world.change(customer) { $0.state = .notProvisioned }
        let read = try #require(try await world.database.instance(customer, .seal))
        try await world.change(customer) {
            ($0.state, $0.configuration) = (.enabled, Chosen.starter)
        }
        var late = read
        (late.state, late.configuration) = (.enabled, Chosen.pro)
        #expect(try await world.save(late) == false)
        #expect(try await world.save(InstanceRow(customer: customer, service: .seal)) == false)
        let kept = try await world.database.instance(customer, .seal)
        #expect(kept?.configuration == Chosen.starter)
        #expect(kept?.version == 2)
        #expect(try await world.periods().map(\.first) == ["starter"])
    }

    @Test("of many who make the first row or change it, each finds what the one before left")
    func parallel() async throws {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 {
                group.addTask {
                    try await world.change(customer) {
                        var chosen = $0.configuration ?? Chosen.starter
                        chosen.apiKeys += 1
                        ($0.state, $0.configuration) = (.disabled, chosen)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(stored == Array(repeating: true, count: 24))
        let row = try await world.database.instance(customer, .seal)
        #expect(row?.version == 24)
        #expect(row?.configuration?.apiKeys == 25)
    }

    @Test("a tier's period begins when it is served, not when it is chosen")
    func periods() async throws {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        let start = world.now.milliseconds
        func step(_ state: InstanceState, _ chosen: ServiceConfiguration) async throws {
            try await world.change(customer) { ($0.state, $0.configuration) = (state, chosen) }
            world.time.advance(milliseconds: 1000)
        }
        try await step(.disabled, Chosen.starter)
        try await step(.enabled, Chosen.starter)
        try await step(.enabled, Chosen.pro)
        try await step(.suspendedNoPayment, Chosen.pro)
        try await step(.enabled, Chosen.pro)
        try await step(.disabled, Chosen.starter)
        try await step(.enabled, Chosen.starter)
        #expect(
            try await world.periods() == [
                ["starter", "\(start + 1000)"], ["pro", "\(start + 2000)"],
                ["starter", "\(start + 6000)"],
            ])
    }

    @Test("a period never begins before the last one, whatever the clock says")
    func clockBack() async throws {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        let start = world.now.milliseconds
        try await world.change(customer) {
            ($0.state, $0.configuration) = (.enabled, Chosen.starter)
        }
        world.time.advance(milliseconds: -60_000)
        try await world.change(customer) { $0.configuration = Chosen.pro }
        #expect(try await world.periods() == [["pro", "\(start)"]])
    }

    @Test("the vault is told of what HAProxy must know, and of nothing else")
    func news() async throws {
        let world = try await ServicesWorld()
        let customer = try await world.customer(1)
        try await world.change(customer) {
            ($0.state, $0.configuration) = (.enabled, Chosen.starter)
        }
        let ear = try await VaultEar(world.store)
        try await world.change(customer) { $0.configuration?.apiKeys = 2 }
        try await world.change(customer) {
            $0.scheduled = .init(Chosen.starter, from: Timestamp(milliseconds: 0))
        }
        try await world.change(customer) { $0.scheduled = nil }
        #expect(ear.count == 0)
        try await world.change(customer) { $0.configuration?.tier = .pro }
        #expect(await eventually { ear.count == 1 })
        try await world.change(customer) { $0.configuration?.hasBurst = true }
        #expect(await eventually { ear.count == 2 })
        try await world.change(customer) { $0.state = .suspendedSpendingLimit }
        #expect(await eventually { ear.count == 3 })
    }
}
