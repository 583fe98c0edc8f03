import Determinism
import Idempotency
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

/// What a restored database learns from the chain counts as if it had never been lost.
@Suite struct AdoptionTests {
    /// A charge that the chain has taken, whose number is `sequence`.
    private static func settled(
        _ world: EscrowWorld, _ customer: CustomerID, _ amount: Int64, sequence: UInt64 = 1,
        after: UInt64
    ) async throws -> ChargeID {
        let key = "c-\(customer.number)-\(sequence)"
        let id = try await world.charges.plan(world.newCharge(customer, amount, key: key)).id
        let event = try EscrowWorld.charged(
            Int(customer.number), sequence, UInt64(amount), try await world.reference(id),
            after: after)
        try await world.book(
            700 + Int(customer.number) * 10 + Int(sequence), [(Int(customer.number), event)])
        return id
    }

    private static func refunded(
        _ number: Int, _ sequence: UInt64, _ amount: UInt64, _ reference: [UInt8], after: UInt64
    ) throws -> EscrowEvent {
        .refunded(
            .init(
                account: try Sample.address(number), sequence: sequence, amount: amount,
                reference: reference, balanceAfter: after))
    }

    private static func refund(
        _ world: EscrowWorld, _ charge: ChargeID, _ amount: Int64, _ key: String,
        caller: String = "biller"
    ) async throws -> Planned {
        var key = world.idempotencyKey(key)
        key.caller = caller
        return try await world.charges.plan(
            NewRefund(charge: charge, amount: MicroUSDC(amount), reason: "outage", key: key))
    }

    private static func none(_ units: Int64 = 0) -> ChargeError {
        .refundExceedsCharge(remaining: MicroUSDC(units))
    }

    // MARK: - Refunds

    @Test("a refund that the database lost and was asked for again is given back once")
    func refundAgain() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await Self.settled(world, customer, 10, after: 90)
        let repeated = try await Self.refund(world, charge, 10, "K1").id
        let lost = try Sample.reference(4242, obligation: "K1")
        let summary = try await world.book(
            2, [(1, try Self.refunded(1, 2, 10, lost.bytes, after: 100))])

        #expect(summary.breaks == [])
        #expect(try await world.state(repeated) == .abandoned)
        let adopted = try await world.charges.details(Sample.chargeID(4242), .refund)
        #expect(adopted.progress.state == .settled)
        #expect(adopted.refundOf == charge)
        #expect(adopted.customer == customer)
        #expect(adopted.service == "biller")
        #expect(adopted.description == "outage")
        let told = try await world.charges.details(repeated, .refund).progress.supersededBy
        #expect(told?.id == adopted.id)
        for amount in [1, 10] as [Int64] {
            await #expect(throws: Self.none()) {
                try await Self.refund(world, charge, amount, "K2")
            }
        }
        try await world.expectBalanced()
    }

    @Test("a part that was given back by a lost refund leaves the other part")
    func refundOfAPart() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await Self.settled(world, customer, 10, after: 90)
        _ = try await Self.refund(world, charge, 4, "K1")
        let lost = try Sample.reference(4242, obligation: "K1")
        try await world.book(2, [(1, try Self.refunded(1, 2, 4, lost.bytes, after: 94))])

        await #expect(throws: Self.none(6)) { try await Self.refund(world, charge, 7, "K2") }
        _ = try await Self.refund(world, charge, 6, "K2")
    }

    @Test("a lost refund of nobody knows what counts against every charge of its account")
    func refundOfUnknown() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let other = try await world.customer(2, balance: 100)
        let first = try await Self.settled(world, customer, 10, after: 90)
        let second = try await Self.settled(world, customer, 15, sequence: 2, after: 75)
        let foreign = try await Self.settled(world, other, 10, after: 90)
        let lost = try Sample.reference(4242, obligation: "K1")
        let summary = try await world.book(
            2, [(1, try Self.refunded(1, 3, 10, lost.bytes, after: 85))])
        #expect(summary.breaks.map(\.what) == [.strangerReference])
        _ = try await world.acceptBreaks()

        await #expect(throws: Self.none()) { try await Self.refund(world, first, 1, "K2") }
        await #expect(throws: Self.none(5)) { try await Self.refund(world, second, 6, "K2") }
        _ = try await Self.refund(world, foreign, 10, "K3")
        try await world.store.run(
            "UPDATE charges SET refund_of = '\(first)' WHERE is_adopted AND kind = 'refund'")
        await #expect(throws: Self.none()) { try await Self.refund(world, first, 1, "K2") }
        let linked = try await Self.refund(world, second, 15, "K2").id
        try await world.store.run("UPDATE charges SET refund_of = NULL WHERE is_adopted")
        let batch = try await world.batch(
            .refund, [(linked, 4)], gas: try await world.gas(50), digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .operationsChanged)
        try await world.expectBalanced()
    }

    @Test("a lost refund of another amount than was asked for again is a human's to judge")
    func refundOfOtherAmount() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await Self.settled(world, customer, 10, after: 90)
        _ = try await Self.refund(world, charge, 3, "K1")
        let lost = try Sample.reference(4242, obligation: "K1")
        let summary = try await world.book(
            2, [(1, try Self.refunded(1, 2, 8, lost.bytes, after: 98))])

        #expect(summary.breaks.map(\.what) == [.strangerReference])
        #expect(try await world.charges.details(Sample.chargeID(4242), .refund).refundOf == nil)
        _ = try await world.acceptBreaks()
        await #expect(throws: Self.none(2)) { try await Self.refund(world, charge, 3, "K2") }
    }

    @Test("a charge under the same key says nothing of a lost refund")
    func chargeIsNoKin() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await world.charges.plan(world.newCharge(customer, 10, key: "K1")).id
        let event = try EscrowWorld.charged(1, 1, 10, try await world.reference(charge), after: 90)
        try await world.book(701, [(1, event)])
        let lost = try Sample.reference(4242, obligation: "K1")
        let summary = try await world.book(
            2, [(1, try Self.refunded(1, 2, 10, lost.bytes, after: 100))])

        #expect(summary.breaks.map(\.what) == [.strangerReference])
    }

    @Test("a refund that the chain settled before it is asked for again is the answer")
    func refundAfterwards() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await Self.settled(world, customer, 10, after: 90)
        let other = try await Self.settled(world, customer, 9, sequence: 2, after: 81)
        let lost = try Sample.reference(4242, obligation: "K1")
        try await world.book(2, [(1, try Self.refunded(1, 3, 10, lost.bytes, after: 91))])
        _ = try await world.acceptBreaks()

        for (id, amount) in [(charge, 9), (other, 9), (other, 10)] as [(ChargeID, Int64)] {
            await #expect(throws: ChargeError.keyReused) {
                try await Self.refund(world, id, amount, "K1")
            }
        }
        let found = try await Self.refund(world, charge, 10, "K1")
        #expect(found.id == (try Sample.chargeID(4242)))
        #expect(found.details?.progress.state == .settled)
        #expect(found.details?.refundOf == charge)
        #expect(found.details?.service == "biller")
        #expect(try await Self.refund(world, charge, 10, "K1").isRepeated)
        await #expect(throws: Self.none()) { try await Self.refund(world, charge, 1, "K2") }
        _ = try await Self.refund(world, other, 9, "K3")
        #expect(try await world.count("charges", where: "kind = 'refund'") == 2)
    }

    @Test("what has been said of a lost refund stays as it was said when it is asked for again")
    func refundSaid() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let charge = try await Self.settled(world, customer, 10, after: 90)
        let lost = try Sample.reference(4242, obligation: "K1")
        try await world.book(2, [(1, try Self.refunded(1, 3, 10, lost.bytes, after: 100))])
        try await world.store.run(
            """
            UPDATE charges SET refund_of = '\(charge)', service = 'operator', description = NULL
             WHERE is_adopted
            """)
        let found = try await Self.refund(world, charge, 10, "K1")
        #expect(found.id == (try Sample.chargeID(4242)))
        #expect(found.details?.service == "operator")
        #expect(found.details?.description == nil)
    }

    // MARK: - Charges

    @Test("an invoice that a lost charge has paid is paid for every service")
    func invoice() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let again = try await world.charges.plan(
            world.newCharge(customer, 10, key: "a", invoice: "i-1")
        ).id
        let lost = try Sample.reference(4242, obligation: "i-1")
        let summary = try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 10, lost.bytes, after: 90))])

        #expect(summary.breaks == [])
        #expect(try await world.state(again) == .abandoned)
        let adopted = try await world.charges.details(Sample.chargeID(4242), .charge)
        #expect(adopted.invoice == "i-1")
        #expect(adopted.service == "biller")
        #expect(adopted.description == "use")
        let told = try await world.charges.details(again, .charge).progress.supersededBy
        #expect(told?.id == adopted.id)
        #expect(told?.state == .settled)
        #expect(told?.digest == (try Sample.digest(2)))
        let listed = try await world.charges.list(ChargeFilter(), before: nil, limit: 9)
        #expect(listed.first { $0.id == again }?.progress.supersededBy == told)
        #expect(adopted.progress.supersededBy == nil)
        var other = world.newCharge(customer, 10, key: "b", invoice: "i-1")
        other.key.caller = "another"
        await #expect(throws: ChargeError.alreadyCharged(try Sample.chargeID(4242))) {
            try await world.charges.plan(other)
        }
        try await world.expectBalanced()
    }

    @Test("another service's charge for the invoice ends when a lost one has paid it")
    func invoiceOfAnother() async throws {
        let (world, other) = try await Self.invoiceOfTwo()
        let lost = try Sample.reference(4242, obligation: "i-1")
        let summary = try await world.book(
            2, [(1, try EscrowWorld.charged(1, 1, 10, lost.bytes, after: 90))])

        #expect(summary.breaks == [])
        #expect(try await world.state(other) == .abandoned)
        let told = try await world.charges.details(other, .charge).progress.supersededBy
        #expect(told?.id == (try Sample.chargeID(4242)))
        #expect(try await world.charges.details(Sample.chargeID(4242), .charge).invoice == "i-1")
        try await world.expectBalanced()
    }

    @Test("a lost charge and a signed one of another service for an invoice are a break, no stop")
    func invoiceTwice() async throws {
        let (world, other) = try await Self.invoiceOfTwo()
        let batch = try await world.batch(
            .charge, [(other, 1)], gas: try await world.gas(50), digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let event = try EscrowWorld.charged(1, 1, 10, try await world.reference(other), after: 90)
        try await world.book(2, [(1, event)])
        let lost = try Sample.reference(4242, obligation: "i-1")
        let summary = try await world.book(
            3, [(1, try EscrowWorld.charged(1, 2, 10, lost.bytes, after: 80))])

        #expect(summary.breaks.map(\.what) == [.settledTwice])
        #expect(try await world.count("charges", where: "duplicate_of = '\(other)'") == 1)
        try await world.expectBalanced()
    }

    /// A charge of one service that was given up, and the planned one of another for its invoice.
    private static func invoiceOfTwo() async throws -> (world: EscrowWorld, planned: ChargeID) {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let first = try await world.charges.plan(
            world.newCharge(customer, 10, key: "a", invoice: "i-1")
        ).id
        #expect(try await world.signing.withdraw(first, as: world.leader))
        var other = world.newCharge(customer, 10, key: "b", invoice: "i-1")
        other.key.caller = "another"
        return (world, try await world.charges.plan(other).id)
    }
}
