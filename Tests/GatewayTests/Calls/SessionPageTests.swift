import Authentication
import Determinism
import Identifiers
import Testing

@testable import Gateway

@Suite struct SessionPageTests {
    @Test("one more than asked for is not shown but makes a next page")
    func more() throws {
        let sessions = try (1...4).map { try Samples.session($0, minutesAgo: Int64($0)) }
        let page = SessionPage(sessions, limit: 3)

        #expect(page.items.map(\.id) == sessions.prefix(3).map(\.id))
        #expect(page.next == ListCursor(sessions[2]))
    }

    @Test("a page that holds all that is left is the last", arguments: [3, 4, 200])
    func last(limit: Int) throws {
        let sessions = try (1...3).map { try Samples.session($0, minutesAgo: Int64($0)) }
        let page = SessionPage(sessions, limit: limit)

        #expect(page.items.count == 3)
        #expect(page.next == nil)
        #expect(SessionPage([], limit: limit).next == nil)
    }

    @Test func cursorsSurviveTheJourney() throws {
        let session = try Samples.session(1, minutesAgo: 5)
        let cursor = ListCursor(session)

        #expect(ListCursor(cursor.text) == cursor)
        #expect(TextShape.cursor.accepts(cursor.text))
        #expect(cursor.position.createdAt == session.createdAt)
        #expect(cursor.position.id == session.id)
    }

    @Test(arguments: ["", "zz", "00", String(repeating: "0", count: 47)])
    func otherTextsAreNoCursor(text: String) {
        #expect(ListCursor(text) == nil)
    }

    @Test(
        "a moment no clock of ours could show is cut to one that any arithmetic bears",
        arguments: [
            ("7fffffffffffffff", 253_402_300_799_999), ("8000000000000000", 0),
            ("ffffffffffffffff", 0), ("0000e677d21fdc00", 253_402_300_799_999),
            ("0000e677d21fdbff", 253_402_300_799_999), ("0000000000000000", 0),
            ("0000000000000001", 1),
        ] as [(String, Int64)])
    func farMoments(digits: String, milliseconds: Int64) throws {
        let cursor = try #require(ListCursor(digits + String(repeating: "5", count: 32)))

        #expect(cursor.position.createdAt == Timestamp(milliseconds: milliseconds))
    }
}
