import Determinism
import Identifiers
import Testing

@testable import Authentication

@Suite struct EndedSessionsTests {
    private let session = SessionID(from: SimulatedWorld(seed: 3).surroundings)

    @Test("nothing is known before the first news, and the database is asked")
    func beforeNews() async {
        let ended = EndedSessions { _ in .live }

        #expect(!ended.isFresh)
        #expect(ended.standing(of: session) == .unknown)
        #expect(await ended.readStanding(of: session) == .live)
    }

    @Test("with fresh news a session lives until its end is heard of")
    func news() {
        let ended = EndedSessions { _ in .unknown }
        ended.heard([], asked: .after(milliseconds: 60_000))
        #expect(ended.standing(of: session) == .live)

        ended.add([session])

        #expect(ended.standing(of: session) == .ended)
    }

    @Test("news are as old as the question they answer, not as the answer's arrival")
    func lateAnswer() {
        let ended = EndedSessions { _ in .unknown }
        let asked = Deadline.after(milliseconds: -1)

        ended.heard([], asked: asked)
        #expect(ended.isFresh)

        let stale = EndedSessions { _ in .unknown }
        stale.heard([], asked: Self.longAgo)
        #expect(!stale.isFresh)
    }

    @Test("stale news never make an ended session live, and an end read once is remembered")
    func staleNews() async {
        let ended = EndedSessions { _ in .ended }
        ended.heard([], asked: Self.longAgo)

        #expect(await ended.readStanding(of: session) == .ended)
        #expect(ended.standing(of: session) == .ended)
    }

    @Test("without news and without a database nobody is let in")
    func neither() async {
        let ended = EndedSessions { _ in .unknown }

        #expect(await ended.readStanding(of: session) == .unknown)
    }

    /// More than 700 ms before now.
    private static let longAgo = Deadline.distantPast
}
