import Determinism
import Identifiers
import Storage
import TestSupport
import Testing

@testable import Escrow

/// Charges that are planned for many invoices at once.
@Suite struct InvoicePlanTests {
    private static func plan(
        _ world: EscrowWorld, _ wanted: [(invoice: Int, customer: CustomerID, amount: Int64)]
    ) async throws -> [Result<ChargeID, ChargeError>] {
        let charges = try wanted.map {
            InvoiceCharge(
                invoice: try #require(UUIDv7(bytes: Sample.bytes($0.invoice, count: 16))),
                customer: $0.customer, amount: MicroUSDC($0.amount))
        }
        let surroundings = world.time.surroundings
        return try await world.database.transaction { transaction throws(StorageError) in
            try await Charges.plan(
                charges, as: "billing", in: transaction, surroundings: surroundings)
        }
    }

    @Test("an invoice that is named twice is charged once, and the others all the same")
    func twice() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let other = try await world.customer(2, balance: 100)
        let outcomes = try await Self.plan(
            world, [(1, customer, 10), (1, customer, 20), (2, customer, 5), (1, other, 7)])
        #expect(outcomes.count == 4)
        let first = try outcomes[0].get()
        for place in [1, 3] {
            #expect(throws: ChargeError.alreadyCharged(first)) { try outcomes[place].get() }
        }
        #expect(try await world.state(try outcomes[2].get()) == .planned)
        #expect(try await world.count("charges") == 2)
        #expect(try await world.database.ledgerBalance(.held(Sample.account(1))) == 15)
        #expect(try await world.database.ledgerBalance(.held(Sample.account(2))) == 0)
        try await world.expectBalanced()
    }

    @Test("one that was refused is nobody's: the next for its invoice is planned")
    func refusedFirst() async throws {
        let world = try await EscrowWorld()
        let customer = try await world.customer(1, balance: 100)
        let outcomes = try await Self.plan(
            world, [(1, customer, 0), (1, customer, 101), (1, customer, 100)])
        #expect(throws: ChargeError.amountInvalid) { try outcomes[0].get() }
        #expect(
            throws: ChargeError.insufficientBalance(
                available: MicroUSDC(100), required: MicroUSDC(101))
        ) { try outcomes[1].get() }
        #expect(try await world.state(try outcomes[2].get()) == .planned)
    }
}
