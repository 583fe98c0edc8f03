import ByteCodecs
import Determinism
import Identifiers
import Observability
import SuiNodeClient
import SuiProtocol
import Synchronization
import TestSupport
import Testing

@testable import Escrow

@Suite struct EngineTests {
    @Test("planned charges are settled once, each account's oldest first")
    func settles() async throws {
        let world = try await EngineWorld()
        try await world.start()
        let first = try await world.customer(11, balance: 1000)
        let second = try await world.customer(12, balance: 1000)
        var ids: [ChargeID] = []
        for number in 1...3 {
            ids.append(try await world.plan(first, 10, key: "a\(number)"))
            ids.append(try await world.plan(second, 20, key: "b\(number)"))
        }
        try await world.waitFor(.settled, of: ids)
        let order = try await world.store.run(
            "SELECT charge_id::text FROM charges ORDER BY account_id, sequence")
        let planned = try await world.store.run(
            "SELECT charge_id::text FROM charges ORDER BY account_id, charge_id")
        #expect(order == planned)
        #expect(try await world.count("charge_failures") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test(
        "whatever the node says of a transaction, or does not, its charge is settled once",
        arguments: [
            "answer_lost", "answer_cut", "timeout_after", "timeout_before", "too_many_requests",
            "server_error", "html", "gas_coin_taken", "epoch_change", "not_found", "stale_reads",
        ])
    func faults(fault: String) async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.fail(
            fault, method: nil, count: 6,
            amount: ["epoch_change": 3, "too_many_requests": 1][fault] ?? 50)
        var ids: [ChargeID] = []
        for number in 1...3 {
            ids.append(try await world.plan(customer, 10, key: "a\(number)"))
        }
        try await world.waitFor(.settled, of: ids)
        try await world.endFaults()
        #expect(try await world.count("charges", where: "state = 'settled'") == 4)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("bytes that were stored and never sent are sent by the next leader")
    func takenOver() async throws {
        let (world, customer) = try await EngineWorld.charged()
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        try await world.waitFor(.signed, of: [id])
        await world.stop()
        let bytes = try await world.store.value("SELECT count(*) FROM charge_batches")
        try await world.endFaults()
        try await world.start()
        try await world.waitFor(.settled, of: [id])
        #expect(try await world.store.value("SELECT count(*) FROM charge_batches") == bytes)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("too little money declines, gives the hold back and harms nobody else")
    func declined() async throws {
        let world = try await EngineWorld()
        try await world.start()
        let poor = try await world.customer(11, balance: 100)
        let rich = try await world.customer(12, balance: 100)
        try await world.fail("server_error", method: "simulateTransaction")
        let lost = try await world.plan(poor, 60, key: "a")
        let kept = try await world.plan(rich, 60, key: "b")
        let account = try await world.account(of: poor)
        let wallet = try EngineWorld.key(11)
        try await world.run(by: wallet) { [contract = world.contract] builder in
            let coin = try contract.withdraw(100, from: account, in: &builder)
            try builder.transferObjects([coin], to: wallet.address)
        }
        try await world.endFaults()
        try await world.waitFor(.declined, of: [lost])
        try await world.waitFor(.settled, of: [kept])
        #expect(try await world.count("escrow_accounts", where: "held_micro_usdc > 0") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("an operation that somebody wants cancelled is settled or cancelled, not both")
    func cancelled() async throws {
        let (world, customer) = try await EngineWorld.charged()
        let cancellations = Cancellations(database: world.database, surroundings: .live)
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        try await world.waitFor(.signed, of: [id])
        let waiting = try await world.plan(customer, 10, key: "b")
        #expect(try await cancellations.ask(for: id, by: "test"))
        #expect(try await cancellations.ask(for: waiting, by: "test"))
        try await world.waitFor(.abandoned, of: [waiting])
        let isSigned = try await eventually {
            try await world.count("charge_batches", where: "purpose = 'cancel'") == 1
        }
        #expect(isSigned)
        try await world.endFaults()
        let isOver = try await eventually {
            try await world.state(id)?.isFinal == true
        }
        #expect(isOver)
        #expect(try await cancellations.ask(for: id, by: "test") == false)
        #expect(try await world.count("charges", where: "state = 'signed'") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("asked for again, a live charge's very bytes go out at once and nothing new is signed")
    func hastened() async throws {
        let world = try await EngineWorld()
        var settings = EngineSettings()
        settings.silentMilliseconds = 86_400_000
        try await world.start(settings)
        let customer = try await world.customer(11, balance: 1000)
        try await world.waitFor(.settled, of: [try await world.plan(customer, 1, key: "warm")])
        try await world.fail("server_error", method: "executeTransaction")
        let id = try await world.plan(customer, 10, key: "a")
        func isSilent(_ times: Int) async -> Bool {
            let line = "\nsluice_engine_sends_total{outcome=\"silent\"} \(times)\n"
            return await eventually { world.metrics.text().contains(line) }
        }
        func signed() async throws -> String? {
            try await world.store.value(
                """
                SELECT string_agg(encode(bytes || signature, 'hex'), ' ' ORDER BY digest)
                  FROM charge_batches
                """)
        }
        #expect(await isSilent(1))
        let bytes = try await signed()
        try await world.hasten(id)
        #expect(await isSilent(2), "by itself it is due tomorrow")
        #expect(try await world.state(id) == .signed)
        try await world.endFaults()
        try await world.hasten(id)
        try await world.waitFor(.settled, of: [id])
        #expect(try await signed() == bytes)
        try await world.hasten(id)
        #expect(try await world.count("charge_attempts") == 2)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("without gas charges wait, with the address and the sum that helps")
    func emptyWallet() async throws {
        let world = try await EngineWorld(mist: 0)
        try await world.start()
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 10, key: "a")
        let isSaid = await eventually {
            world.obstacles.contains {
                guard case .walletEmpty(let missing, let charger) = $0 else { return false }
                return missing > 0 && charger == "\(world.charger.address)"
            }
        }
        #expect(isSaid)
        #expect(try await world.state(id) == .planned)
        try await world.mint(KnownCoin.sui.type, 1_000_000_000, to: world.charger.address)
        try await world.waitFor(.settled, of: [id])
        try await world.expectTruth()
        await world.stop()
    }

    @Test("lanes are made of one coin, and dust is swept into them")
    func lanes() async throws {
        let world = try await EngineWorld(mist: 20_000_000_000)
        for _ in 0..<20 {
            try await world.mint(KnownCoin.sui.type, 1_000_000, to: world.charger.address)
        }
        var settings = EngineSettings()
        settings.lanes = 8
        try await world.start(settings)
        let isMade = try await eventually {
            let lanes = try await world.count(
                "gas_coins", where: "NOT is_gone AND balance >= 100000000")
            let dust = try await world.count(
                "gas_coins", where: "NOT is_gone AND balance < 100000000")
            return lanes >= 8 && dust == 0
        }
        #expect(isMade)
        let claims = try await eventually {
            try await world.count("gas_claims", where: "released_at IS NULL") == 0
        }
        #expect(claims)
        await world.stop()
    }

    @Test("what a cap keeps back waits and is named, everything else goes on")
    func caps() async throws {
        let world = try await EngineWorld()
        var settings = EngineSettings()
        settings.capSingle = MicroUSDC(50)
        settings.capHour = MicroUSDC(70)
        try await world.start(settings)
        let first = try await world.customer(11, balance: 1000)
        let second = try await world.customer(12, balance: 1000)
        let large = try await world.plan(first, 51, key: "large")
        let small = try await world.plan(second, 50, key: "small")
        try await world.waitFor(.settled, of: [small])
        let next = try await world.plan(second, 30, key: "next")
        let isSaid = await eventually {
            world.obstacles.contains(.heldByCap(single: 1, hour: 1))
        }
        #expect(isSaid, "\(world.obstacles)")
        #expect(try await world.state(large) == .planned)
        #expect(try await world.state(next) == .planned)
        let little = try await world.customer(13, balance: 1000)
        try await world.waitFor(
            .settled, of: [try await world.plan(little, 20, key: "little")])
        try await world.expectTruth()
        await world.stop()
    }
}
