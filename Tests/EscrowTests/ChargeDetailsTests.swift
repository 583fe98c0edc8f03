import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct ChargeDetailsTests {
    @Test("what is told of a charge when it is planned is what is read later")
    func planned() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let planned = try await world.charges.plan(
            world.newCharge(customer, 10, key: "k", invoice: "i-1"))
        let details = try #require(planned.details)

        #expect(details.progress.state == .planned)
        #expect(details.service == "biller")
        #expect(try await world.charges.details(planned.id, .charge) == details)
        await #expect(throws: ChargeError.chargeUnknown) {
            try await world.charges.details(planned.id, .refund)
        }
    }

    @Test("the whole life of a charge and its refund is told")
    func life() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "k")).id
        let gas = try await world.gas(1)
        let batch = try await world.batch(.charge, [(id, 1)], gas: gas, digest: 500)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let signed = try await world.charges.details(id, .charge)
        #expect(signed.progress.state == .signed)
        #expect(signed.progress.sequence == 1)
        #expect(signed.progress.digest == batch.digest)
        #expect(signed.progress.attempts == 1)
        #expect(!signed.isOverdue(at: world.time.surroundings.now()))
        #expect(signed.isOverdue(at: world.time.surroundings.now().adding(seconds: 31)))

        let event = try EscrowWorld.charged(1, 1, 10, try await world.reference(id), after: 90)
        try await world.book(501, [(1, event)])
        let settled = try await world.charges.details(id, .charge)
        #expect(settled.progress.state == .settled)
        #expect(settled.progress.digest == (try Sample.digest(501)))
        #expect(settled.progress.checkpoint != nil)
        #expect(settled.progress.endedAt != nil)

        let refund = try await world.charges.plan(
            NewRefund(
                charge: id, amount: MicroUSDC(4), reason: "outage",
                key: world.idempotencyKey("r")))
        let details = try await world.charges.details(refund.id, .refund)
        #expect(details == refund.details)
        #expect(details.refundOf == id)
        #expect(details.customer == customer)
        #expect(details.description == "outage")
    }

    @Test("lists are newest first, of one state or customer, and go on where they ended")
    func lists() async throws {
        let world = try await EscrowWorld()
        let (one, two) = (
            try await world.customer(1, balance: 100), try await world.customer(2, balance: 100)
        )
        var ids: [ChargeID] = []
        for number in 0..<5 {
            world.time.advance(milliseconds: 10)
            let customer = number % 2 == 0 ? one : two
            ids.append(
                try await world.charges.plan(world.newCharge(customer, 1, key: "\(number)")).id)
        }
        #expect(try await world.signing.withdraw(ids[4], as: world.leader))
        func list(
            _ filter: ChargeFilter = ChargeFilter(), before: ChargeID? = nil, limit: Int = 10
        ) async throws -> [ChargeID] {
            try await world.charges.list(filter, before: before, limit: limit).map(\.id)
        }

        #expect(try await list() == ids.reversed())
        #expect(try await list(limit: 2) == [ids[4], ids[3]])
        #expect(try await list(before: ids[3], limit: 2) == [ids[2], ids[1]])
        #expect(try await list(ChargeFilter(state: .planned), limit: 1) == [ids[3]])
        #expect(try await list(ChargeFilter(state: .abandoned)) == [ids[4]])
        #expect(try await list(ChargeFilter(customer: one)) == [ids[4], ids[2], ids[0]])
        #expect(try await list(ChargeFilter(state: .settled, customer: two)).isEmpty)
    }
}
