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

@Suite struct EngineRefundTests {
    @Test("refunds wait, loudly, for the charger's own money")
    func refunds() async throws {
        let world = try await EngineWorld()
        let log = try CapturedLog()
        try await world.start(logger: log.logger)
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 100, key: "a")
        try await world.waitFor(.settled, of: [id])
        var refunds: [ChargeID] = []
        for number in 1...3 {
            let new = NewRefund(
                charge: id, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
        }
        let isSaid = await eventually {
            world.obstacles.contains { if case .floatEmpty = $0 { true } else { false } }
        }
        #expect(isSaid)
        // Said first for as many refunds as were there by then.
        let words = "micro-USDC to \(world.charger.address)"
        #expect(await eventually { log.lines().contains { $0.contains(words) } })
        let missing = "\nsluice_engine_float_missing_micro_usdc"
        #expect(await eventually { world.metrics.text().contains("\(missing) 90\n") })
        #expect(
            try await world.count("charges", where: "kind = 'refund' AND state = 'planned'") == 3)
        try await world.mint(world.contract.coin, 90, to: world.charger.address)
        try await world.waitFor(.settled, of: refunds)
        #expect(await eventually { world.metrics.text().contains("\(missing) 0\n") })
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds that wait because of dust ask for no more, and go once it is looked behind")
    func dust() async throws {
        let world = try await EngineWorld()
        let node = DustyNode(world.nodes)
        try await world.start(node: node)
        let customer = try await world.customer(11, balance: 1000)
        let id = try await world.plan(customer, 100, key: "a")
        try await world.waitFor(.settled, of: [id])
        try await world.mint(world.contract.coin, 90, to: world.charger.address)
        let new = NewRefund(charge: id, amount: MicroUSDC(60), key: world.idempotencyKey("r"))
        let refund = try await world.charges.plan(new).id
        let isSaid = await eventually {
            world.obstacles.contains { if case .floatHidden = $0 { true } else { false } }
        }
        #expect(isSaid, "\(world.obstacles)")
        #expect(!world.obstacles.contains { if case .floatEmpty = $0 { true } else { false } })
        #expect(try await world.state(refund) == .planned)
        #expect(world.metrics.text().contains("\nsluice_engine_float_missing_micro_usdc 0\n"))
        node.looksBehind.store(true, ordering: .relaxed)
        try await world.waitFor(.settled, of: [refund])
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds out of the address balance share it, and never promise it twice")
    func refundsTogether() async throws {
        let world = try await EngineWorld()
        try await world.start()
        var charges: [ChargeID] = []
        for number in UInt8(11)...13 {
            let customer = try await world.customer(number, balance: 1000)
            charges.append(try await world.plan(customer, 100, key: "c\(number)"))
        }
        try await world.waitFor(.settled, of: charges)
        try await world.mint(
            world.contract.coin, 70, to: world.charger.address, into: "balance")
        try await world.fail("server_error", method: "executeTransaction")
        var refunds: [ChargeID] = []
        for (number, charge) in charges.enumerated() {
            let new = NewRefund(
                charge: charge, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
        }
        let areSigned = try await eventually {
            try await world.count("charges", where: "kind = 'refund' AND state = 'signed'") == 2
        }
        #expect(areSigned)
        #expect(
            try await world.count("charges", where: "kind = 'refund' AND state = 'planned'") == 1)
        try await world.endFaults()
        try await world.mint(world.contract.coin, 20, to: world.charger.address)
        try await world.waitFor(.settled, of: refunds)
        #expect(try await world.count("charges", where: "attempts > 1") == 0)
        try await world.expectTruth()
        await world.stop()
    }

    @Test("refunds out of one coin make coins of it, and then go beside each other")
    func refundsBeside() async throws {
        let world = try await EngineWorld()
        try await world.start()
        var charges: [ChargeID] = []
        for number in UInt8(11)...14 {
            let customer = try await world.customer(number, balance: 1000)
            charges.append(try await world.plan(customer, 100, key: "c\(number)"))
        }
        try await world.waitFor(.settled, of: charges)
        try await world.mint(world.contract.coin, 1000, to: world.charger.address)
        var refunds: [ChargeID] = []
        for (number, charge) in charges.enumerated() {
            let new = NewRefund(
                charge: charge, amount: MicroUSDC(30), key: world.idempotencyKey("r\(number)"))
            refunds.append(try await world.charges.plan(new).id)
            guard number < 2 else { continue }
            try await world.waitFor(.settled, of: refunds)
            if number == 1 { try await world.fail("server_error", method: "executeTransaction") }
        }
        try await world.waitFor(.signed, of: Array(refunds[2...]))
        try await world.endFaults()
        try await world.waitFor(.settled, of: refunds)
        let coins = try await world.nodes.coins(
            of: world.charger.address, type: world.contract.coin, limit: 100)
        #expect(coins.reduce(0) { $0 + $1.balance } == 1000 - 4 * 30)
        #expect(coins.count > 2 && coins.count <= 8)
        try await world.expectTruth()
        await world.stop()
    }
}
