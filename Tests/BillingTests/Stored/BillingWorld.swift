import Billing
import Determinism
import Identifiers
import Observability
import Services
import Storage
import TestSupport
import Testing

/// Real tables, with customers whose wallets hold what a test wants, and a chain that settles or
/// declines at a word.
final class BillingWorld: Sendable {
    let store: TestDatabase
    let database: Database
    let time: SimulatedWorld
    let metrics = MetricsRegistry()
    let books: PriceBooks
    let biller: Biller
    let watch: OverspendWatch
    let meter: Meter
    let reader: Invoices

    /// - Parameters:
    ///   - watched: instances of one look at those who are stopped.
    ///   - watchedFor: milliseconds of one look at them.
    init(
        now: String = "2028-03-10T10:00:00Z", poolSize: Int = 6,
        watched: Int = OverspendWatch.usualLimit,
        watchedFor: Int64 = OverspendWatch.usualMilliseconds
    ) async throws {
        store = try await TestCluster.shared().makeDatabase(migrated: true)
        database = try Database(
            DatabaseConfiguration(
                url: store.url, poolSize: poolSize, deadlineMilliseconds: 60_000),
            logger: .disabled, metrics: MetricsRegistry())
        time = SimulatedWorld(seed: 1, now: try Sample.time(now))
        let surroundings = time.surroundings
        books = PriceBooks(database: database, surroundings: surroundings)
        biller = Biller(
            database: database, books: books, surroundings: surroundings, logger: .disabled)
        watch = OverspendWatch(
            database: database, books: books, surroundings: surroundings, logger: .disabled,
            metrics: metrics, limit: watched, stoppedMilliseconds: watchedFor)
        meter = Meter(database: database, surroundings: surroundings, metrics: metrics)
        reader = Invoices(database: database, surroundings: surroundings)
    }

    /// With the shipped prices.
    static func priced(
        now: String = "2028-03-10T10:00:00Z", watched: Int = OverspendWatch.usualLimit,
        watchedFor: Int64 = OverspendWatch.usualMilliseconds
    ) async throws -> BillingWorld {
        let world = try await BillingWorld(now: now, watched: watched, watchedFor: watchedFor)
        try await world.books.load(Array(try Sample.shippedText().utf8))
        return world
    }

    var now: Timestamp { time.surroundings.now() }

    func moveTo(_ text: String) throws {
        time.advance(milliseconds: try Sample.time(text).milliseconds - now.milliseconds)
    }

    // MARK: - Customers

    /// A customer with an account; the number names the wallet as well.
    @discardableResult
    func customer(_ number: Int64, balance: Int64, limit: Int64 = 0) async throws -> CustomerID {
        try await store.run(
            """
            INSERT INTO customers (customer_id, wallet_address, created_at)
            VALUES (\(number), \(Self.bytes(number)), '\(now.rfc3339)');
            INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,
                balance_micro_usdc, spending_limit_micro_usdc, period_start, opened_at, checkpoint)
            VALUES (\(Self.bytes(number)), \(Self.bytes(number)), \(Self.bytes(900)),
                \(Self.bytes(number + 5000)), true, \(balance), \(limit), '\(now.rfc3339)',
                '\(now.rfc3339)', 1)
            """)
        return try #require(CustomerID(number))
    }

    static func bytes(_ number: Int64) -> String {
        "decode(lpad(to_hex(\(number)), 64, '0'), 'hex')"
    }

    /// Stores an instance as a step of its subscription leaves it, with the invoice of its fee.
    func enable(
        _ customer: CustomerID, _ configuration: ServiceConfiguration = Sample.starter
    ) async throws {
        let book = try #require(try await books.current())
        let now = now
        let chosen = try Subscription(service: .seal)
            .configuring(configuration, at: now, by: book).subscription
        let change = try chosen.enabling(at: now, by: book)
        let row = InstanceRow(customer: customer, service: .seal).after(change.subscription)
        let issue = InvoiceIssue(by: book, surroundings: time.surroundings)
        let outcome = try await database.transaction { transaction throws(StorageError) in
            _ = try await transaction.store(row, at: now)
            return try await issue.issue(change.lines, to: customer, in: transaction)
        }
        _ = try outcome.get()
    }

    func state(of customer: CustomerID) async throws -> InstanceState? {
        try await database.instance(customer, .seal)?.state
    }

    // MARK: - Use

    /// Stores a batch of lines as the intake does.
    ///
    /// - Parameter lines: when, for whom, and with which status.
    func batch(_ lines: [(at: Timestamp, customer: Int64?, status: Int)]) async throws {
        let times = lines.map(\.at).sorted()
        let span =
            times.isEmpty
            ? "NULL, NULL" : "'\(times[0].rfc3339)', '\(times[times.count - 1].rfc3339)'"
        let rows = lines.map { line in
            """
            ('\(line.at.rfc3339)'::timestamptz, \(line.customer.map(String.init) ?? "NULL"),
            \(line.status))
            """
        }
        try await store.run(
            """
            SELECT haproxy_logs_make_days(('\((times.first ?? now).rfc3339)'::timestamptz
                AT TIME ZONE 'UTC')::date, ('\((times.last ?? now).rfc3339)'::timestamptz
                AT TIME ZONE 'UTC')::date);
            WITH batch AS (
                INSERT INTO log_batches (source, received_at, line_count, first_at, last_at)
                VALUES ('test', '\(now.rfc3339)', \(lines.count), \(span)) RETURNING batch_id
            )
            \(rows.isEmpty ? "SELECT FROM batch" : """
                INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type,
                    method, status, bytes_in, bytes_out, duration_ms)
                SELECT at, 'edge-1', gen_random_uuid(), batch_id, customer, 'seal', 'POST',
                    status, 100, 1000, 5
                  FROM batch, (VALUES \(rows.joined(separator: ","))) AS l (at, customer, status)
                """)
            """)
    }

    /// Requests of one customer in one moment, metered.
    func use(_ count: Int, of customer: CustomerID, at time: Timestamp? = nil) async throws {
        try await store.run(
            """
            INSERT INTO usage_records AS u (hour, customer_id, service_type, tier, requests,
                successful, bytes_in, bytes_out)
            VALUES (date_bin('1 hour', '\((time ?? now).rfc3339)'::timestamptz, 'epoch'),
                \(customer.number), 'seal', 'starter', \(count), \(count), 0, 0)
            ON CONFLICT ON CONSTRAINT usage_records_pkey DO UPDATE
               SET requests = u.requests + excluded.requests,
                   successful = u.successful + excluded.successful;
            INSERT INTO billing_accounts (customer_id, used_from, is_stale, stale_since)
            VALUES (\(customer.number), '\((time ?? now).rfc3339)', true, '\(now.rfc3339)')
            ON CONFLICT ON CONSTRAINT billing_accounts_pkey DO UPDATE
               SET is_stale = true, stale_since = excluded.stale_since
            """)
    }

    // MARK: - The chain

    /// Books an outcome of every charge that is planned, as the follower does.
    func settleAll() async throws {
        try await store.run(
            """
            WITH ended AS (
                UPDATE charges SET state = 'settled', outcome_digest = sha256(uuid_send(charge_id)),
                    outcome_event_seq = 0, outcome_checkpoint = 1, ended_at = '\(now.rfc3339)',
                    outcome_sequence = 1
                 WHERE state = 'planned' RETURNING account_id, amount_micro_usdc
            ), sums AS (
                SELECT account_id, sum(amount_micro_usdc)::bigint AS amount FROM ended
                 GROUP BY account_id
            )
            UPDATE escrow_accounts AS a SET held_micro_usdc = held_micro_usdc - s.amount,
                balance_micro_usdc = balance_micro_usdc - s.amount,
                period_charged_micro_usdc = period_charged_micro_usdc + s.amount
              FROM sums AS s WHERE a.account_id = s.account_id
            """)
    }

    func declineAll() async throws {
        try await store.run(
            """
            WITH ended AS (
                UPDATE charges SET state = 'declined', outcome_event_seq = 0, outcome_checkpoint = 1,
                    outcome_digest = sha256(uuid_send(charge_id)), ended_at = '\(now.rfc3339)',
                    decline_reason = 1, outcome_sequence = 1
                 WHERE state = 'planned' RETURNING account_id, amount_micro_usdc, outcome_digest
            ), booked AS (
                \(Self.event("declined", digest: "outcome_digest", at: now)) FROM ended
            )
            UPDATE escrow_accounts AS a SET held_micro_usdc = held_micro_usdc - amount_micro_usdc
              FROM ended AS e WHERE a.account_id = e.account_id
            """)
    }

    // MARK: - What is stored

    func number(_ query: String) async throws -> Int64 {
        try #require(Int64(try await store.value(query) ?? ""))
    }

    /// State and total of every invoice, in their order.
    func invoices() async throws -> [String] {
        try await store.run(
            "SELECT state || ' ' || total_micro_usdc FROM billing_records ORDER BY invoice_id"
        ).compactMap(\.first).compactMap(\.self)
    }

    /// What must hold at every moment, whatever was stopped where.
    func expectWhole(_ place: SourceLocation = #_sourceLocation) async throws {
        let faults = try await store.run(
            """
            SELECT 'hour', u.hour::text FROM usage_records AS u
             WHERE u.invoiced <> coalesce((
                SELECT sum(p.through_request - p.from_request) FROM billing_line_parts AS p
                  JOIN billing_lines AS l USING (invoice_id, line)
                 WHERE p.hour = u.hour AND l.customer_id = u.customer_id
                   AND l.service_type = u.service_type AND l.tier = u.tier), 0)
            UNION ALL
            SELECT 'total', r.invoice_id::text FROM billing_records AS r
             WHERE r.total_micro_usdc <> (
                SELECT sum(amount_micro_usdc) FROM billing_lines AS l
                 WHERE l.invoice_id = r.invoice_id)
            UNION ALL
            SELECT 'charge', r.invoice_id::text FROM billing_records AS r
             WHERE r.state IN ('charging', 'past_due') AND NOT EXISTS (
                SELECT FROM charges AS c WHERE c.charge_id = r.charge_id
                   AND c.amount_micro_usdc = r.total_micro_usdc
                   AND c.invoice_id = r.invoice_id::text)
            UNION ALL
            SELECT 'orphan', c.charge_id::text FROM charges AS c
             WHERE NOT EXISTS (SELECT FROM billing_records AS r
                 WHERE r.invoice_id::text = c.invoice_id)
            UNION ALL
            SELECT 'twice', c.invoice_id FROM charges AS c
             WHERE c.state NOT IN ('declined', 'abandoned')
             GROUP BY c.invoice_id HAVING count(*) > 1
            UNION ALL
            SELECT 'held', a.account_id::text FROM escrow_accounts AS a
             WHERE a.held_micro_usdc <> coalesce((
                SELECT sum(c.amount_micro_usdc) FROM charges AS c
                 WHERE c.account_id = a.account_id AND c.state IN ('planned', 'signed')), 0)
            """)
        #expect(faults.isEmpty, "\(faults)", sourceLocation: place)
    }
}
