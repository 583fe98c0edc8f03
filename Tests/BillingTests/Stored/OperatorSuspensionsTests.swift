import Determinism
import Identifiers
import Services
import TestSupport
import Testing

@testable import Billing

/// What an operator's word does to a service, and to what is billed for it.
@Suite struct OperatorSuspensionsTests {
    private static let actions = """
        SELECT action, details->>'operator', details->>'because', details->>'from' FROM audit_log
         WHERE action IN ('service_suspended_by_operator', 'service_suspension_lifted')
         ORDER BY audit_id
        """

    private func world(
        balance: Int64 = 100_000_000
    ) async throws -> (BillingWorld, CustomerID) {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: balance)
        _ = try await world.enableStarter(customer)
        try await world.settleAll()
        _ = try await world.biller.run()
        return (world, customer)
    }

    @Test("neither its customer nor a deposit starts it; lifted within the month it costs nothing")
    func sameMonth() async throws {
        let (world, customer) = try await world()
        #expect(try await world.word(.suspend, customer) == .done(from: .enabled))
        #expect(try await world.state(of: customer) == .suspendedByOperator)
        for again in [world.again, world.upgrade] {
            await #expect(throws: SubscriptionError.self) { try await again(customer) }
        }
        await #expect(throws: SubscriptionError.self) {
            try await world.subscriptions.disable(.seal, by: ActingCustomer(customer))
        }
        try await world.deposit(1_000_000, to: customer)
        _ = try await world.watch.run()
        #expect(try await world.state(of: customer) == .suspendedByOperator)

        #expect(try await world.word(.lift, customer) == .done(from: .suspendedByOperator))
        #expect(try await world.state(of: customer) == .disabled)
        try await world.again(customer)
        #expect(try await world.state(of: customer) == .enabled)
        #expect(try await world.invoices() == ["paid 14193549"])
        #expect(
            try await world.store.run(Self.actions) == [
                ["service_suspended_by_operator", "alice", "ticket 17", "enabled"],
                ["service_suspension_lifted", "alice", "ticket 17", "suspended_by_operator"],
            ])
    }

    @Test("months that begin meanwhile cost nothing, and what was used before is still invoiced")
    func months() async throws {
        let (world, customer) = try await world()
        try await world.use(1000, of: customer)
        _ = try await world.word(.suspend, customer)
        try world.moveTo("2028-05-16T10:00:00Z")
        _ = try await world.biller.run()
        try await world.settleAll()
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 14193549", "paid 100000"])

        _ = try await world.word(.lift, customer)
        try await world.again(customer)
        // 20 USDC for May, less 15 of its 31 days, rounded down.
        #expect(try await world.invoices().last == "charging 10322581")
        try await world.expectWhole()
    }

    @Test("what is past due is charged again as funds reach, and starts nothing")
    func pastDue() async throws {
        let (world, customer) = try await world(balance: 14_193_549)
        try await world.use(30_000, of: customer)
        for _ in 0..<2 { _ = try await world.watch.run() }
        #expect(try await world.state(of: customer) == .suspendedNoPayment)
        #expect(try await world.word(.suspend, customer) == .done(from: .suspendedNoPayment))

        try await world.deposit(3_000_000, to: customer)
        for _ in 0..<3 {
            _ = try await world.watch.run()
            try await world.settleAll()
        }
        #expect(try await world.invoices().last == "paid 3000000")
        #expect(try await world.state(of: customer) == .suspendedByOperator)
    }

    @Test("what is not there, not chosen, or as it is asked to be stays, and no record is made")
    func refused() async throws {
        let (world, customer) = try await world()
        let before = try await world.everything()
        let nobody = try #require(CustomerID(4711))
        for deed in [OperatorSuspensions.Deed.suspend, .lift] {
            #expect(try await world.word(deed, nobody) == .unknown)
            #expect(try await world.word(deed, customer, .grpc) == .unknown)
        }
        #expect(try await world.word(.lift, customer) == .refused(.enabled))
        #expect(try await world.everything() == before)

        _ = try await world.word(.suspend, customer)
        let suspended = try await world.everything()
        #expect(try await world.word(.suspend, customer) == .refused(.suspendedByOperator))
        #expect(try await world.everything() == suspended)
    }

    @Test("of several who say it at once, one has done it")
    func atOnce() async throws {
        let (world, customer) = try await world()
        let outcomes = try await withThrowingTaskGroup(of: OperatorSuspensions.Outcome.self) {
            group in
            for _ in 0..<4 { group.addTask { try await world.word(.suspend, customer) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .done(from: .enabled) } == 1)
        #expect(try await world.store.run(Self.actions).count == 1)
    }
}

extension BillingWorld {
    fileprivate func word(
        _ deed: OperatorSuspensions.Deed, _ customer: CustomerID, _ service: ServiceType = .seal
    ) async throws -> OperatorSuspensions.Outcome {
        try await OperatorSuspensions(database: database, surroundings: time.surroundings).perform(
            deed, service, of: customer, because: "ticket 17", by: "alice")
    }

    fileprivate func again(_ customer: CustomerID) async throws {
        _ = try await subscriptions.enable(
            .seal, by: ActingCustomer(customer), under: .named("again"))
    }

    fileprivate func upgrade(_ customer: CustomerID) async throws {
        try await configure(customer, WantedConfiguration(tier: .pro), key: "dearer")
    }
}
