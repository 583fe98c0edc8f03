import Authentication
import Identifiers
import Testing

@testable import Gateway

@Suite struct SessionPageTests {
    @Test func pagesCoverTheListOnceAndInOrder() throws {
        let sessions = try (1...7).map { try Samples.session($0, minutesAgo: Int64($0 / 2)) }
        var seen: [SessionID] = []
        var cursor: ListCursor?
        repeat {
            let page = SessionPage(of: sessions.shuffled(), limit: 3, after: cursor)
            seen += page.items.map(\.id)
            cursor = page.next
        } while cursor != nil

        #expect(seen.count == 7)
        #expect(Set(seen).count == 7)
        #expect(try seen.first == Samples.session(1).id)
        #expect(try seen.last == Samples.session(6).id)
    }

    @Test func anEndedSessionDoesNotBreakTheNextPage() throws {
        let sessions = try (1...5).map { try Samples.session($0, minutesAgo: Int64($0)) }
        let first = SessionPage(of: sessions, limit: 2, after: nil)
        let rest = SessionPage(of: Array(sessions.dropFirst(2)), limit: 9, after: first.next)

        #expect(rest.items.map(\.id) == sessions.dropFirst(2).map(\.id))
        #expect(rest.next == nil)
    }

    @Test func cursorsSurviveTheJourney() throws {
        let next = try #require(
            SessionPage(of: [Samples.session(1), Samples.session(2)], limit: 1, after: nil).next)

        #expect(ListCursor(next.text) == next)
        #expect(TextShape.cursor.accepts(next.text))
    }

    @Test(arguments: ["", "zz", "00", String(repeating: "0", count: 47)])
    func otherTextsAreNoCursor(text: String) {
        #expect(ListCursor(text) == nil)
    }
}
