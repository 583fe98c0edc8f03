import ByteCodecs
import Determinism
import Identifiers
import Storage
import SuiProtocol
import TestSupport
import Testing

@testable import Escrow

@Suite struct CancellationTests {
    @Test(
        "what is both fenced and asked to end is cancelled, in whichever order, and frees its account",
        arguments: [true, false])
    func fenced(isAskedFirst: Bool) async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        _ = try await world.bookkeeper.setVersions(
            [(account: Sample.account(1), version: 3)], as: world.leader)
        let cancellations = Cancellations(
            database: world.database, surroundings: world.time.surroundings)
        if isAskedFirst { #expect(try await cancellations.ask(for: id, by: "test")) }
        #expect(try await world.signing.fencePlanned(as: world.leader) == 1)
        if !isAskedFirst { #expect(try await cancellations.ask(for: id, by: "test")) }
        world.time.advance(milliseconds: 5)
        let next = try await world.charges.plan(world.newCharge(customer, 10, key: "b")).id

        let planned = try await world.database.plannedOperations(after: nil, limit: 9)
        #expect(planned.map(\.operation.id) == [id])
        #expect(planned.first?.isFenced == true)
        #expect(try await world.database.cancellations(limit: 9).isEmpty)
        let batch = try await world.batch(
            .cancel, [(id, 1)], gas: try await world.gas(50), digest: 1)
        #expect(try await world.signing.sign(batch, as: world.leader) == .signed)
        let event = EscrowEvent.cancelled(
            .init(
                account: try Sample.address(1), sequence: 1,
                reference: try await world.reference(id)))
        try await world.book(2, [(1, event)])
        #expect(try await world.state(id) == .abandoned)
        let free = try await world.database.plannedOperations(after: nil, limit: 9)
        #expect(free.map(\.operation.id) == [next])
        try await world.expectBalanced()
    }

    @Test("a planned one is withdrawn although its account's first version is not known")
    func withoutVersion() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let id = try await world.charges.plan(world.newCharge(customer, 10, key: "a")).id
        let cancellations = Cancellations(
            database: world.database, surroundings: world.time.surroundings)
        #expect(try await world.database.cancellations(limit: 9).isEmpty)
        #expect(try await cancellations.ask(for: id, by: "test"))

        let found = try await world.database.cancellations(limit: 9)
        #expect(found.map(\.operation.id) == [id])
        #expect(found.first?.isPlanned == true)
        #expect(found.first?.operation.account == nil)
        #expect(try await world.database.plannedOperations(after: nil, limit: 9).isEmpty)
    }
}
