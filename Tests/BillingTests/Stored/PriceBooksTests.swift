import Billing
import ByteCodecs
import Determinism
import Identifiers
import Services
import Storage
import TestSupport
import Testing

/// What is in force stays in force, whole, whatever comes in its place.
@Suite struct PriceBooksTests {
    private static func book(_ versions: (Int, String, Int)...) throws -> [UInt8] {
        Sample.book(try versions.map { try Sample.version($0.0, from: $0.1, monthly: $0.2) })
    }

    private static func inForce() async throws -> BillingWorld {
        let world = try await BillingWorld(now: "2028-03-10T10:00:00Z")
        #expect(
            try await world.books.load(try book((1, "2027-01-01", 5), (2, "2029-01-01", 6))))
        return world
    }

    private static func stored(_ world: BillingWorld) async throws -> Int64 {
        try await world.number("SELECT count(*) FROM price_books")
    }

    @Test(
        "a book that may not follow is refused, and the old one stays in force",
        arguments: [
            (try book((2, "2029-01-01", 6)), PriceBookSuccession.versionGone(1)),
            (try book((1, "2027-01-01", 7), (2, "2029-01-01", 6)), .versionChanged(1)),
            (try book((1, "2027-01-02", 5), (2, "2029-01-01", 6)), .versionChanged(1)),
            (try book((1, "2027-01-01", 5), (2, "2028-03-10", 6)), .versionBeginsInThePast(2)),
            (
                try book((1, "2027-01-01", 5), (3, "2028-01-01", 6), (4, "2029-01-01", 6)),
                .versionBeginsInThePast(3)
            ),
        ])
    func succession(content: [UInt8], refusal: PriceBookSuccession) async throws {
        let world = try await Self.inForce()
        let before = try await world.books.current()
        await #expect(throws: PriceBookRefusal.succession(refusal)) {
            try await world.books.load(content, by: .null)
        }
        await #expect(throws: PriceBookRefusal.succession(refusal)) {
            try await world.books.check(content)
        }
        #expect(try await world.books.current()?.versions == before?.versions)
        #expect(try await Self.stored(world) == 1)
        #expect(try await world.number("SELECT count(*) FROM audit_log") == 0)
    }

    @Test(
        "what is no book is refused whole, with its line",
        arguments: ["", "{", "{\"versions\": []}", "\n\n{\"versions\": [1]}"])
    func invalid(text: String) async throws {
        let world = try await Self.inForce()
        do throws(PriceBookRefusal) {
            try await world.books.load(Array(text.utf8))
            Issue.record("it was taken")
        } catch .invalid(let error) {
            #expect(PriceBookRefusal.invalid(error).description.hasPrefix("line \(error.line)"))
        } catch {
            Issue.record("\(error)")
        }
        #expect(try await Self.stored(world) == 1)
    }

    @Test(
        "a book that may follow is in force at once, for others too, and on record by who took it")
    func follows() async throws {
        let world = try await Self.inForce()
        let other = PriceBooks(database: world.database, surroundings: world.time.surroundings)
        #expect(try await other.current()?.versions.count == 2)
        let next = try Self.book((1, "2027-01-01", 5), (2, "2028-06-01", 9), (3, "2029-01-01", 6))
        #expect(try await world.books.check(next))
        #expect(try await Self.stored(world) == 1)
        #expect(try await world.books.load(next, by: ["user": "alice"]))

        #expect(try await other.current()?.versions.map(\.number) == [1, 2, 3])
        #expect(
            try await world.store.run(
                "SELECT action, details->'operator'->>'user', details->>'versions' FROM audit_log")
                == [["price_book_loaded", "alice", "[1, 2, 3]"]])
        #expect(try await !world.books.check(next))
        #expect(try await !world.books.load(next, by: .null))
        #expect(try await Self.stored(world) == 2)
    }

    @Test("a book that no longer sells what customers have is refused, until they leave it")
    func tariffInUse() async throws {
        let world = try await BillingWorld(now: "2028-03-10T10:00:00Z")
        let first = try Sample.version(1, from: "2027-01-01")
        let without = try Sample.version(2, from: "2028-05-01")
            .replacing(#""tier": "pro""#, with: #""tier": "enterprise""#)
        try await world.books.load(Sample.book([first]))
        for number: Int64 in 1...3 {
            let customer = try await world.customer(number, balance: 1_000_000_000)
            try await world.enable(customer, number == 3 ? Sample.starter : Sample.pro)
        }
        let next = Sample.book([first, without])
        let refusal = PriceBookSuccession.tariffInUse(
            version: 2, .seal, .pro, hasBurst: false, customers: 2)
        await #expect(throws: PriceBookRefusal.succession(refusal)) {
            try await world.books.check(next)
        }
        await #expect(throws: PriceBookRefusal.succession(refusal)) {
            try await world.books.load(next)
        }
        #expect(
            PriceBookRefusal.succession(refusal).description
                == "version 2 does not sell seal pro, which 2 customers have")

        try await world.schedule(Sample.starter, for: try #require(CustomerID(1)))
        try await world.store.run(
            "UPDATE service_instances SET state = 'disabled' WHERE customer_id = 2")
        #expect(try await world.books.load(next))
    }

    @Test("the book that nobody chose comes first or not at all")
    func onlyFirst() async throws {
        let world = try await Self.inForce()
        #expect(try await !world.books.load(PriceBooks.standard, onlyFirst: true))
        #expect(try await Self.stored(world) == 1)
        let bare = try await BillingWorld()
        #expect(try await bare.books.current() == nil)
        #expect(try await bare.books.load(PriceBooks.standard, onlyFirst: true))
        #expect(try await bare.books.current() != nil)
    }

    @Test("of many who load at once one is first, and all others find it in force")
    func parallel() async throws {
        let world = try await BillingWorld()
        let content = Array(try Sample.shippedText().utf8)
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await world.books.load(content) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(taken.count { $0 } == 1)
        #expect(try await Self.stored(world) == 1)
    }

    @Test("books that were in force are neither changed nor removed")
    func kept() async throws {
        let world = try await Self.inForce()
        for statement: SQL in [
            "DELETE FROM price_books", "UPDATE price_books SET loaded_at = now()",
            "TRUNCATE price_books",
        ] {
            await #expect(throws: StorageError.self) {
                try await world.database.execute(statement)
            }
        }
        #expect(try await Self.stored(world) == 1)
    }

    @Test("what was stored and is no book any more is an error, never no prices")
    func broken() async throws {
        let world = try await BillingWorld()
        try await world.store.run(
            """
            INSERT INTO price_books (content, digest, loaded_at) VALUES ('x', sha256('x'), now())
            """)
        await #expect(throws: StorageError.unexpectedValue(column: "content")) {
            try await world.books.current()
        }
        await #expect(throws: PriceBookRefusal.self) {
            try await world.books.load(Array(try Sample.shippedText().utf8))
        }
    }
}
