import ByteCodecs
import HTTPTransport
import TestSupport
import Testing

@testable import Manager

@Suite struct DashboardPageTests {
    private static let hostile = "<script>alert('x')</script>\"'&\u{202E}"

    @Test("every page answers in HTML and in JSON, with nothing stored and with much")
    func all() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        for round in 0..<2 {
            for entry in DashboardPages.menu {
                let html = await world.send("GET", entry.path, [cookie])
                #expect(html.status == 200, "\(entry.path)")
                #expect(html.text.contains("aria-current=\"page\" href=\"\(entry.path)\""))
                #expect(!html.text.contains("cannot be told"), "\(entry.path)")
                #expect(!(try await world.page(entry.path, as: world.alice).members.isEmpty))
            }
            if round == 0 { try await fill(world) }
        }
    }

    private func fill(_ world: DashboardWorld) async throws {
        try await world.world.brokenAccount(of: 7)
        try await world.world.invoice(of: 7, daysAgo: 3)
        try await world.store.run(
            """
            INSERT INTO log_batches (source, received_at, line_count, first_at, last_at)
            SELECT 'tcp', now() - g * interval '1 hour', g, now(), now()
              FROM generate_series(1, 40) AS g;
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
            SELECT gen_random_uuid(), now(), 'tcp', 'malformed', '<script>x\\000\\377'
              FROM generate_series(1, 300);
            INSERT INTO log_gaps (edge, frontend, started_at, process, first_at, last_at,
                first_number, last_number, lost, found_at)
            VALUES ('e', 'f', now(), 1, now(), now(), 1, 20, 13, now());
            INSERT INTO worker_runs (task, generation, holder, started_at, ended_at, outcome,
                busy_milliseconds, error_code, error_detail)
            VALUES ('bill', 1, 'h', now(), now(), 'failed', 1234, 'odd', '<b>bold</b>');
            INSERT INTO reconciliation_breaks (mark, class, what, next_step, first_found_at,
                last_found_at)
            VALUES ('m', 'amount', '<i>balance</i>', 'look', now(), now())
            """)
    }

    @Test("what others wrote is shown and never obeyed")
    func hostile() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        let cookie = try await world.signIn(world.alice)
        try await world.store.run(
            """
            INSERT INTO audit_log (at, action, outcome, reason, ip, details)
            VALUES (now(), 'sign_in_failed', 'failure', $$\(Self.hostile)$$, $$\(Self.hostile)$$,
                jsonb_build_object($$\(Self.hostile)$$, $$\(Self.hostile)$$))
            """)
        let query = FormFields.encoded([("action", Self.hostile), ("notice", Self.hostile)])
        for path in DashboardPages.menu.map(\.path) + ["/audit?" + query, "/?" + query] {
            let text = await world.send("GET", path, [cookie]).text
            for piece in ["<script", "<b>bold", "<i>balance", "\u{202E}", "'x'"] {
                #expect(!text.contains(piece), "\(path)")
            }
        }
        let audit = await world.send("GET", "/audit", [cookie]).text
        #expect(audit.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    }

    @Test("the figures of a page are those that are stored")
    func figures() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        let health = try await world.page("/", as: world.alice)
        guard case .object(let waiting)? = health["waiting"] else { throw TestFailure("none") }
        #expect(waiting["unmeteredBatches"] == 40)
        #expect(waiting["quarantine"] == 300)
        #expect(waiting["lostLines"] == 13)
        #expect(waiting["unsettledInvoices"] == 1)
        #expect(waiting["openBreaks"] == 2)
        let metering = try await world.page("/metering", as: world.alice)
        guard case .object(let unmetered)? = metering["unmetered"] else {
            throw TestFailure("none")
        }
        #expect(unmetered["lines"] == 820)
        let runs = try await world.page("/runs", as: world.alice)
        guard case .object(let tasks)? = runs["tasks"], case .array(let rows)? = tasks["rows"],
            case .object(let bill)? = rows.first
        else { throw TestFailure("none") }
        #expect(bill["outcome"] == "failed" && bill["code"] == "odd" && bill["took"] == 1234)
    }

    @Test("the audit log is searched by exact values, page by page")
    func audit() async throws {
        let world = try await DashboardWorld()
        try await world.store.run(
            """
            INSERT INTO audit_log (at, action, outcome, customer_id)
            SELECT now(), 'sign_in_succeeded', 'success', 1 + g % 2 FROM generate_series(1, 900) AS g
            """)
        func found(_ target: String) async throws -> (count: Int, next: String?) {
            let page = try await world.page(target, as: world.alice)
            guard case .object(let records)? = page["records"],
                case .array(let rows)? = records["rows"]
            else { throw TestFailure("none") }
            if case .string(let next)? = records["next"] { return (rows.count, next) }
            return (rows.count, nil)
        }
        var target: String? = "/audit?customer=2&action=sign_in_succeeded"
        var total = 0
        while let next = target {
            let (count, following) = try await found(next)
            total += count
            target = following
        }
        #expect(total == 450)
        #expect(try await found("/audit?customer=3").count == 0)
        #expect(try await found("/audit?customer=x").count == 0)
        #expect(try await found("/audit?action=' OR true --").count == 0)
        #expect(try await found("/audit?operator=alice").count == 0)
    }

    @Test(
        "amounts, durations and counts read as people write them",
        arguments: [
            (PageFormat.amount, 1_250_000, "1.25 USDC"), (.amount, -1, "−0.000001 USDC"),
            (.amount, 1_234_567_000_000, "1,234,567.00 USDC"), (.amount, 0, "0.00 USDC"),
            (.amount, Int64.min, "−9,223,372,036,854.775808 USDC"),
            (.duration, 999, "999 ms"), (.duration, 61_500, "1 min 1 s"),
            (.number, 1_000_000, "1,000,000"), (.text, 4_294_967_295, "4294967295"),
        ])
    func values(format: PageFormat, value: Int64, text: String) {
        #expect(PageText.shown(.integer(value), format) == text)
    }

    @Test("bars stand to each other as their values do, however large these are")
    func bars() {
        let values: [Int64] = [.max, .max / 2, .max / 96 + 1, 1, 0, -5]
        let bars = values.map { PageChart.Bar(label: "x", value: $0) }
        let svg = BarChart.svg(PageChart(id: "c", title: "c", unit: "lines", bars: bars)).text
        let heights = svg.split(separator: "height=\"").dropFirst(2).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element.prefix { $0 != "\"" }) }
        #expect(heights == ["96", "47", "2", "2", "0", "0"])
    }

    @Test("what cannot be read is said to be so, and not to be empty")
    func away() async throws {
        let world = try await DashboardWorld()
        let cookie = try await world.signIn(world.alice)
        try await world.store.run(
            """
            ALTER TABLE audit_log RENAME TO audit_elsewhere;
            ALTER TABLE log_batches RENAME TO batches_elsewhere
            """)
        for (path, words) in [("/audit", "No such record"), ("/metering", "Nothing yet")] {
            let text = await world.send("GET", path, [cookie]).text
            #expect(text.contains("This cannot be told just now"), "\(path)")
            #expect(!text.contains(words), "\(path)")
        }
        for (path, section) in [("/audit", "records"), ("/metering", "batches")] {
            let answer = await world.send(
                "GET", path,
                [("Authorization", "Bearer " + world.alice.secret), ("Accept", "application/json")])
            #expect(answer.status == 503, "\(path)")
            guard case .object(let page) = try JSONValue.parse(answer.body.bytes),
                case .object(let told)? = page[section], case .string(let words)? = told["error"]
            else { throw TestFailure("\(path): \(answer.text)") }
            #expect(words.hasPrefix("This cannot be told just now"))
            #expect(told["rows"] == nil)
        }
    }

    @Test("a table that shows the first of many says so to tools as well")
    func cut() async throws {
        let world = try await DashboardWorld()
        func isCut() async throws -> JSONValue? {
            guard
                case .object(let table)? = try await world.page("/quarantine", as: world.alice)[
                    "lines"]
            else { return nil }
            return table["isCut"]
        }
        #expect(try await isCut() == .bool(false))
        try await world.store.run(
            """
            INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
            SELECT gen_random_uuid(), now(), 'tcp', 'x', '' FROM generate_series(1, 50)
            """)
        #expect(try await isCut() == .bool(true))
    }

    @Test("an invoice of no customer's is none of everybody's")
    func noCustomer() async throws {
        let world = try await DashboardWorld()
        try await fill(world)
        for (query, count) in [("customer=7", 1), ("customer=8", 0), ("customer=x", 0)] {
            let page = try await world.page("/invoices?" + query, as: world.alice)
            guard case .object(let invoices)? = page["invoices"],
                case .array(let rows)? = invoices["rows"]
            else { throw TestFailure("none") }
            #expect(rows.count == count, "\(query)")
        }
    }

    @Test(
        "a form that is none is refused",
        arguments: ["a=%", "a=%4", "a=%zz", "a=1&a=2", "a=%FF", "%C3=1"])
    func forms(text: String) {
        #expect(FormFields(parsing: text).map { _ in true } == nil)
    }

    @Test("names and values come out of a form as they went in")
    func formsRound() throws {
        let value = "a b+c&d=e%\u{1F600}<\"'/?#"
        let text = FormFields.encoded([("n m", value), ("empty", "")])
        let fields = try #require(FormFields(parsing: text))
        #expect(fields["n m"] == value && fields["empty"] == nil)
    }
}
