import Determinism
import Idempotency
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Escrow

@Suite struct PlanTests {
    @Test("of 50 charges at once on a balance for ten, ten are held and forty refused")
    func parallel() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let outcomes = await withTaskGroup(of: ChargeError?.self) { group in
            for number in 0..<50 {
                group.addTask {
                    do throws(ChargeError) {
                        _ = try await world.charges.plan(
                            world.newCharge(customer, 10, key: "k-\(number)"))
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == nil }.count == 10)
        let refused = outcomes.compactMap(\.self)
        #expect(
            refused.allSatisfy {
                $0 == .insufficientBalance(available: .zero, required: MicroUSDC(10))
            })
        #expect(try await world.count("charges") == 10)
        #expect(try await world.count("ledger_entries", where: "purpose = 'hold'") == 10)
        #expect(try await world.count("idempotency_keys") == 10)
        try await world.expectBalanced()
    }

    @Test("the same key gives the same charge, at once and a year later, whatever happened since")
    func idempotent() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 25)
        let new = world.newCharge(customer, 10, key: "once")
        let outcomes = await withTaskGroup(of: Result<Planned, ChargeError>.self) { group in
            for _ in 0..<20 {
                group.addTask { await Self.plan(new, in: world) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let planned = outcomes.compactMap { try? $0.get() }
        #expect(Set(planned.map(\.id)).count == 1)
        #expect(planned.filter { !$0.isRepeated }.count == 1)
        for outcome in outcomes {
            if case .failure(let error) = outcome { #expect(error == .keyInFlight) }
        }
        let id = try #require(planned.first).id
        #expect(try await world.signing.withdraw(id, as: world.leader))
        world.time.advance(milliseconds: 366 * 86_400_000)
        let later = try await world.charges.plan(new)
        #expect(later == Planned(id: id, isRepeated: true))
        #expect(try await world.count("charges") == 1)
        try await world.expectBalanced()
    }

    private static func plan(
        _ new: NewCharge, in world: EscrowWorld
    ) async -> Result<Planned, ChargeError> {
        do throws(ChargeError) {
            return .success(try await world.charges.plan(new))
        } catch {
            return .failure(error)
        }
    }

    @Test("the answer is written with the charge, and comes back with the key")
    func answer() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 25)
        let new = world.newCharge(customer, 10, key: "k")
        let planned = try await world.charges.plan(new) { planned in
            KeptAnswer(status: 202, fields: [], body: Array(planned.id.description.utf8))
        }
        let again = try await world.charges.plan(new) { _ in nil }

        #expect(!planned.isRepeated && planned.answer == nil)
        #expect(again.isRepeated && again.id == planned.id)
        #expect(again.answer?.body == Array(planned.id.description.utf8))
    }

    @Test("a key with another body is refused, a key of another caller is another key")
    func keyReused() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 25)
        _ = try await world.charges.plan(world.newCharge(customer, 10, key: "k"))
        await #expect(throws: ChargeError.keyReused) {
            try await world.charges.plan(world.newCharge(customer, 10, key: "k", body: 2))
        }
        var other = world.newCharge(customer, 10, key: "k")
        other.key.caller = "another"
        _ = try await world.charges.plan(other)
        #expect(try await world.count("charges") == 2)
    }

    @Test("a refusal writes nothing, so the same key may succeed after a deposit")
    func refusalBindsNothing() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 5)
        let new = world.newCharge(customer, 10, key: "k", invoice: "i-1")
        let short = ChargeError.insufficientBalance(
            available: MicroUSDC(5), required: MicroUSDC(10))
        await #expect(throws: short) { try await world.charges.plan(new) }
        for table in ["charges", "idempotency_keys"] {
            #expect(try await world.count(table) == 0)
        }
        try await world.book(1, [(1, try EscrowWorld.deposited(1, 10, 15))])
        _ = try await world.charges.plan(new)
        #expect(try await world.count("charges") == 1)
        try await world.expectBalanced()
    }

    @Test("an invoice has one live charge, under whatever keys and services it is asked for")
    func invoice() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let first = try await world.charges.plan(
            world.newCharge(customer, 10, key: "a", invoice: "i-1"))
        var other = world.newCharge(customer, 10, key: "b", invoice: "i-1")
        await #expect(throws: ChargeError.alreadyCharged(first.id)) {
            try await world.charges.plan(other)
        }
        other.key.caller = "another"
        await #expect(throws: ChargeError.alreadyCharged(first.id)) {
            try await world.charges.plan(other)
        }
        #expect(try await world.signing.withdraw(first.id, as: world.leader))
        _ = try await world.charges.plan(other)
        #expect(try await world.count("charges", where: "state = 'planned'") == 1)
    }

    @Test("who has no account, or none of ours, is refused")
    func missing() async throws {
        let world = try await EscrowWorld()
        let nobody = try #require(CustomerID(77))
        await #expect(throws: ChargeError.customerUnknown) {
            try await world.charges.plan(world.newCharge(nobody, 1, key: "a"))
        }
        try await world.store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (77, decode(repeat('07', 32), 'hex'), now())
            """)
        await #expect(throws: ChargeError.accountMissing) {
            try await world.charges.plan(world.newCharge(nobody, 1, key: "a"))
        }
        await #expect(throws: ChargeError.amountInvalid) {
            try await world.charges.plan(world.newCharge(nobody, 0, key: "a"))
        }
        #expect(try await world.count("idempotency_keys") == 0)
    }

    @Test("what is held counts towards the spending limit, and a new period frees it")
    func limit() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 1000, limit: 25)
        _ = try await world.charges.plan(world.newCharge(customer, 20, key: "a"))
        let end = world.time.surroundings.now().adding(
            milliseconds: AccountMirror.periodMilliseconds)
        await #expect(
            throws: ChargeError.spendingLimitReached(
                limit: MicroUSDC(25), charged: MicroUSDC(20), resetsAt: end)
        ) {
            try await world.charges.plan(world.newCharge(customer, 6, key: "b"))
        }
        _ = try await world.charges.plan(world.newCharge(customer, 5, key: "c"))
        try await world.expectBalanced()
    }

    @Test("a frozen account is charged no more")
    func frozen() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        try await world.book(1, [(1, try EscrowWorld.deposited(1, 10, 999))])
        await #expect(throws: ChargeError.accountFrozen) {
            try await world.charges.plan(world.newCharge(customer, 1, key: "a"))
        }
        try await world.expectBalanced()
    }
}
