import Billing
import Determinism
import Identifiers
import TestSupport
import Testing

@Suite struct InvoiceVoidingTests {
    /// A customer whose invoice of 5 USDC waits for money.
    private static func owed(
        credit: Int64 = 0
    ) async throws -> (world: BillingWorld, customer: CustomerID, invoice: InvoiceID) {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 1)
        if credit > 0 {
            try await world.store.run(
                """
                INSERT INTO billing_credits VALUES ('01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68', 1,
                    \(credit), \(credit), 'r', 'op', now())
                """)
        }
        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        let text = try await world.store.value("SELECT invoice_id::text FROM billing_records")
        return (world, customer, try #require(text.flatMap { InvoiceID($0) }))
    }

    @Test("nobody pays a voided invoice, its credits can be taken again, its use is on no other")
    func void() async throws {
        let (world, customer, invoice) = try await Self.owed(credit: 2_000_000)
        #expect(try await world.invoices() == ["closed 3000000"])
        for _ in 0..<2 {
            #expect(try await world.reader.void(invoice) == .voided(MicroUSDC(3_000_000)))
            #expect(
                try await world.number("SELECT remaining_micro_usdc FROM billing_credits")
                    == 2_000_000)
        }
        try await world.deposit(100_000_000, to: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["void 3000000"])
        #expect(try await world.number("SELECT count(*) FROM charges") == 0)
        #expect(try await world.number("SELECT successful - invoiced FROM usage_records") == 0)

        try await world.use(50_000, of: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["void 3000000", "charging 3000000"])
    }

    @Test("an invoice whose charge is under way or has settled stays what it is")
    func charged() async throws {
        let (world, customer, invoice) = try await Self.owed()
        try await world.deposit(100_000_000, to: customer)
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["charging 5000000"])
        guard case .isCharged = try await world.reader.void(invoice) else {
            Issue.record("it was voided while it is charged")
            return
        }
        try await world.settleAll()
        guard case .isCharged = try await world.reader.void(invoice) else {
            Issue.record("it was voided though the charge has settled")
            return
        }
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 5000000"])
        guard case .isCharged = try await world.reader.void(invoice) else {
            Issue.record("it was voided though it is paid")
            return
        }
    }

    @Test("one that was declined can be voided, and is charged no more")
    func declined() async throws {
        let (world, customer, invoice) = try await Self.owed()
        try await world.deposit(100_000_000, to: customer)
        _ = try await world.biller.run()
        try await world.declineAll()
        _ = try await world.watch.run()
        #expect(try await world.invoices() == ["past_due 5000000"])
        #expect(try await world.reader.void(invoice) == .voided(MicroUSDC(5_000_000)))
        world.time.advance(milliseconds: 3_600_000)
        _ = try await world.watch.run()
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["void 5000000"])
        #expect(
            try await world.number("SELECT count(*) FROM charges WHERE state = 'planned'") == 0)
    }

    @Test("what is paid by credits, or unknown, is not voided")
    func refused() async throws {
        let (world, _, invoice) = try await Self.owed(credit: 5_000_000)
        #expect(try await world.invoices() == ["paid 0"])
        #expect(try await world.reader.void(invoice) == .refused("paid"))
        let unknown = InvoiceID(from: world.time.surroundings)
        #expect(try await world.reader.void(unknown) == .unknown)
    }

    @Test("voided and charged at once, it is one of them")
    func race() async throws {
        let (world, customer, invoice) = try await Self.owed()
        try await world.deposit(100_000_000, to: customer)
        async let billed = world.biller.run()
        async let voided = world.reader.void(invoice)
        _ = try? await billed
        let answer = try await voided
        let charges = try await world.number("SELECT count(*) FROM charges")
        if case .voided = answer {
            #expect(charges == 0)
            #expect(try await world.invoices() == ["void 5000000"])
        } else {
            #expect(charges == 1)
            #expect(try await world.invoices() == ["charging 5000000"])
        }
    }
}
