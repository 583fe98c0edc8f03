import Determinism
import Idempotency
import Identifiers
import Services
import Storage
import TestSupport
import Testing

@testable import Billing

@Suite struct SubscriptionsTests {
    private static let starter = WantedConfiguration(tier: .starter)
    private static let pro = WantedConfiguration(tier: .pro)

    @Test("what is enabled on the tenth is charged for the days that are left, and held")
    func enabled() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        let done = try await world.enableStarter(customer)
        // 20 USDC for March, less 9 of its 31 days, rounded down.
        #expect(done.change.chargeNow == MicroUSDC(14_193_549))
        #expect(done.standing.subscription.state == .enabled)
        #expect(done.charge != nil)
        #expect(try await world.invoices() == ["charging 14193549"])
        #expect(
            try await world.number("SELECT held_micro_usdc FROM escrow_accounts") == 14_193_549)
        #expect(
            try await world.store.run("SELECT action FROM audit_log ORDER BY audit_id").map {
                $0[0]
            } == ["service_configured", "service_enabled"])
        try await world.settleAll()
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["paid 14193549"])
        try await world.expectWhole()
    }

    @Test("of many enabled at once one is charged, each under a key of its own")
    func parallel() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.configure(customer, Self.starter)
        let charged = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask {
                    let outcome = try await world.subscriptions.enable(
                        .seal, by: ActingCustomer(customer), under: .named("e\(number)"))
                    guard case .done(let done) = outcome else { return false }
                    return done.invoice != nil
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(charged.count { $0 } == 1)
        #expect(try await world.invoices() == ["charging 14193549"])
    }

    @Test("the same key is answered as it was, by whomever it comes at once, and charged once")
    func sameKey() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.configure(customer, Self.starter)
        let answers = await withTaskGroup(of: String.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    do throws(SubscriptionError) {
                        let outcome = try await world.subscriptions.enable(
                            .seal, by: ActingCustomer(customer), under: .named("same"))
                        switch outcome {
                        case .done(let done): return done.change.chargeNow.description
                        case .repeated(let kept): return String(decoding: kept.body, as: UTF8.self)
                        case .forgotten: return "forgotten"
                        }
                    } catch {
                        return error == .keyRefused(.inFlight) ? "in flight" : "\(error)"
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers).subtracting(["in flight"]) == ["14193549"])
        #expect(try await world.invoices() == ["charging 14193549"])
        await #expect(throws: SubscriptionError.keyRefused(.reused)) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("same", body: 2))
        }
    }

    @Test("what cannot be paid changes nothing at all, and its key stays free")
    func insufficient() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 14_193_548)
        _ = try await world.configure(customer, Self.starter)
        let before = try await world.everything()
        let refusal = SubscriptionError.refused(
            .funds(
                .insufficientBalance(
                    current: MicroUSDC(14_193_548), estimatedCost: MicroUSDC(14_193_549),
                    requiredDeposit: MicroUSDC(1))))
        await #expect(throws: refusal) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        #expect(try await world.everything() == before)
        let quote = try await world.subscriptions.quote(Self.starter, for: .seal, of: customer)
        #expect(quote.refusal == refusal)
        try await world.deposit(1, to: customer)
        #expect(
            try await world.subscriptions.quote(Self.starter, for: .seal, of: customer).refusal
                == nil)
        _ = try await world.subscriptions.enable(
            .seal, by: ActingCustomer(customer), under: .named("e"))
        #expect(try await world.invoices() == ["charging 14193549"])
    }

    @Test("a limit that does not reach is told with its four figures")
    func limited() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000, limit: 14_000_000)
        _ = try await world.configure(customer, Self.starter)
        let before = try await world.everything()
        await #expect(
            throws: SubscriptionError.refused(
                .funds(
                    .monthlyLimitExceeded(
                        limit: MicroUSDC(14_000_000), charged: .zero,
                        estimatedCost: MicroUSDC(14_193_549), remaining: MicroUSDC(14_000_000))))
        ) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        #expect(try await world.everything() == before)
    }

    @Test("use that is not charged yet cannot pay for a service too")
    func accrued() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 14_200_000)
        _ = try await world.configure(customer, Self.starter)
        try await world.use(100, of: customer)
        await #expect(
            throws: SubscriptionError.refused(
                .funds(
                    .insufficientBalance(
                        current: MicroUSDC(14_190_000), estimatedCost: MicroUSDC(14_193_549),
                        requiredDeposit: MicroUSDC(3549))))
        ) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
    }

    @Test("whoever owes is not served anew, whatever there is now")
    func owed() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.enableStarter(customer)
        try await world.declineAll()
        _ = try await world.biller.run()
        #expect(try await world.invoices() == ["past_due 14193549"])
        _ = try await world.subscriptions.disable(.seal, by: ActingCustomer(customer))
        await #expect(throws: SubscriptionError.refused(.paymentOwed(MicroUSDC(14_193_549)))) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("again"))
        }
    }

    @Test("without an account, or on a frozen one, nothing is enabled")
    func noAccount() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.configure(customer, Self.starter)
        try await world.store.run(
            "UPDATE escrow_accounts SET frozen_at = now(), frozen_for = 'balance'")
        await #expect(throws: SubscriptionError.accountFrozen) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        try await world.store.run("DELETE FROM escrow_accounts")
        await #expect(throws: SubscriptionError.self) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        #expect(try await world.state(of: customer) == .disabled)
    }

    @Test("an upgrade pays the difference of what is left; again it costs nothing")
    func upgraded() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.enableStarter(customer)
        try world.moveTo("2028-03-20T10:00:00Z")
        let done = try await world.configure(customer, Self.pro, key: "up")
        // 12 of 31 days of 40 USDC, less 12 days of 20.
        #expect(done.change.chargeNow == MicroUSDC(15_483_871 - 7_741_936))
        #expect(done.change.effect == .immediate)
        #expect(try await world.configure(customer, Self.pro, key: "up2").invoice == nil)
        #expect(
            try await world.store.run("SELECT tier FROM service_tier_periods ORDER BY starts_at")
                .map { $0[0] } == ["starter", "pro"])
    }

    @Test("a downgrade holds from the next month on and is charged then")
    func downgraded() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 500_000_000)
        _ = try await world.configure(customer, Self.pro)
        _ = try await world.subscriptions.enable(
            .seal, by: ActingCustomer(customer), under: .named("e"))
        let done = try await world.configure(customer, Self.starter, key: "down")
        #expect(done.change.effect == .scheduled(try #require(Month("2028-04"))))
        #expect(done.invoice == nil)
        var found = try await world.subscriptions.find(.seal, of: customer).subscription
        #expect(found.configuration?.tier == .pro)
        #expect(found.scheduled?.configuration.tier == .starter)
        try world.moveTo("2028-03-31T23:59:59Z")
        _ = try await world.biller.run()
        #expect(try await world.subscriptions.find(.seal, of: customer).subscription == found)
        try world.moveTo("2028-04-01T00:00:00Z")
        _ = try await world.biller.run()
        found = try await world.subscriptions.find(.seal, of: customer).subscription
        #expect(found.configuration?.tier == .starter)
        #expect(found.scheduled == nil)
        #expect(try await world.invoices().last == "charging 20000000")
    }

    @Test("disabled at once, and enabled again in the same month for nothing")
    func disabled() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        _ = try await world.enableStarter(customer)
        let actor = ActingCustomer(customer)
        let off = try await world.subscriptions.disable(.seal, by: actor)
        #expect(off.subscription.state == .disabled)
        #expect(try await world.subscriptions.disable(.seal, by: actor) == off)
        guard
            case .done(let again) = try await world.subscriptions.enable(
                .seal, by: actor, under: .named("again"))
        else { return }
        #expect(again.change.chargeNow == .zero)
        #expect(again.invoice == nil)
        #expect(try await world.invoices().count == 1)
        await #expect(
            throws: SubscriptionError.refused(
                .state(IllegalInstanceChange(from: .notProvisioned, on: .disable)))
        ) { try await world.subscriptions.disable(.grpc, by: actor) }
    }

    @Test("fewer slots than keys that are active cannot be had")
    func slots() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        let two = WantedConfiguration(tier: .starter, apiKeys: 2)
        _ = try await world.configure(customer, two)
        try await world.store.run(
            """
            INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,
                sealed_key, created_at, changed_at)
            SELECT gen_random_uuid(), 1, 'seal', sha256(n::text::bytea), 'h', 's', now(), now()
              FROM generate_series(1, 2) AS n
            """)
        let before = try await world.everything()
        await #expect(throws: SubscriptionError.slotsInUse(active: 2, wanted: 1)) {
            _ = try await world.configure(customer, Self.starter, key: "fewer")
        }
        #expect(try await world.everything() == before)
        let quote = try await world.subscriptions.quote(Self.starter, for: .seal, of: customer)
        #expect(quote.refusal == .slotsInUse(active: 2, wanted: 1))
    }

    @Test("what is granted pays first")
    func credited() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 4_193_549)
        _ = try await world.configure(customer, Self.starter)
        try await world.store.run(
            """
            INSERT INTO billing_credits (credit_id, customer_id, amount_micro_usdc,
                remaining_micro_usdc, reason, granted_by, granted_at)
            VALUES (gen_random_uuid(), 1, 10000000, 10000000, 'test', 'test', now())
            """)
        #expect(
            try await world.subscriptions.quote(Self.starter, for: .seal, of: customer).refusal
                == nil)
        _ = try await world.subscriptions.enable(
            .seal, by: ActingCustomer(customer), under: .named("e"))
        #expect(try await world.invoices() == ["charging 4193549"])
    }

    @Test("what is not sold cannot be chosen, and nothing is sold without prices")
    func notSold() async throws {
        let world = try await BillingWorld.priced()
        let customer = try await world.customer(1, balance: 100_000_000)
        for (wanted, refusal) in [
            (
                WantedConfiguration(tier: .enterprise),
                ConfigurationRefusal.tierByAgreement(.enterprise)
            ),
            (WantedConfiguration(tier: .starter, hasBurst: true), .burstNotSold(.starter)),
            (
                WantedConfiguration(tier: .pro, sealKeys: 0),
                .outOfRange(.sealKeys, minimum: 1, maximum: 100)
            ),
        ] {
            await #expect(throws: SubscriptionError.refused(.configuration(refusal))) {
                _ = try await world.configure(customer, wanted)
            }
        }
        await #expect(throws: SubscriptionError.refused(.notConfigured)) {
            try await world.subscriptions.enable(
                .seal, by: ActingCustomer(customer), under: .named("e"))
        }
        #expect(try await world.number("SELECT count(*) FROM service_instances") == 0)
        let bare = try await BillingWorld()
        await #expect(throws: SubscriptionError.noPrices) {
            try await bare.subscriptions.catalogue()
        }
    }

    @Test("another customer's service is another's")
    func foreign() async throws {
        let world = try await BillingWorld.priced()
        let (mine, other) = (
            try await world.customer(1, balance: 100_000_000),
            try await world.customer(2, balance: 100_000_000)
        )
        _ = try await world.enableStarter(mine)
        #expect(
            try await world.subscriptions.find(.seal, of: other).subscription.state
                == .notProvisioned)
        await #expect(throws: SubscriptionError.self) {
            try await world.subscriptions.disable(.seal, by: ActingCustomer(other))
        }
        #expect(try await world.state(of: mine) == .enabled)
        #expect(
            try await world.subscriptions.list(of: other).map(\.subscription.service) == [
                .graphql, .grpc, .seal,
            ])
    }
}

extension BillingWorld {
    var subscriptions: Subscriptions {
        Subscriptions(database: database, books: books, surroundings: time.surroundings)
    }

    @discardableResult
    func configure(
        _ customer: CustomerID, _ wanted: WantedConfiguration, key: String = "c"
    ) async throws -> SubscriptionOutcome {
        let outcome = try await subscriptions.configure(
            wanted, for: .seal, by: ActingCustomer(customer), under: .named(key))
        guard case .done(let done) = outcome else { throw TestFailure("it was done before") }
        return done
    }

    func enableStarter(_ customer: CustomerID) async throws -> SubscriptionOutcome {
        try await configure(customer, WantedConfiguration(tier: .starter))
        let outcome = try await subscriptions.enable(
            .seal, by: ActingCustomer(customer), under: .named("enable"))
        guard case .done(let done) = outcome else { throw TestFailure("it was done before") }
        return done
    }

    /// Rows of all tables that a change writes to.
    func everything() async throws -> [[String?]] {
        try await store.run(
            """
            SELECT i::text FROM service_instances AS i
            UNION ALL SELECT t::text FROM service_tier_periods AS t
            UNION ALL SELECT r::text FROM billing_records AS r
            UNION ALL SELECT l::text FROM billing_lines AS l
            UNION ALL SELECT a::text FROM billing_accounts AS a
            UNION ALL SELECT c::text FROM charges AS c
            UNION ALL SELECT e::text FROM ledger_entries AS e
            UNION ALL SELECT k::text FROM idempotency_keys AS k
            UNION ALL SELECT g::text FROM audit_log AS g
            UNION ALL SELECT x::text FROM escrow_accounts AS x ORDER BY 1
            """)
    }
}

extension KeyedRequest<SubscriptionOutcome> {
    static func named(_ name: String, body: UInt8 = 1) -> KeyedRequest<SubscriptionOutcome> {
        KeyedRequest(
            key: IdempotencyKey(
                caller: "customer/1", route: "POST /x", key: name,
                bodyHash: [UInt8](repeating: body, count: 32))
        ) { done in
            KeptAnswer(
                status: 200, fields: [], body: Array(done.change.chargeNow.description.utf8))
        }
    }
}
