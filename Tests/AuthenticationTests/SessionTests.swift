import Determinism
import Identifiers
import TestSupport
import Testing

@testable import Authentication

@Suite struct SessionTests {
    private static let day: Int64 = 24 * 60 * 60 * 1000
    private let wallet: Wallet

    init() throws {
        wallet = try Wallet()
    }

    @Test("each use of a refresh token gives the next one, which works in its turn")
    func rotation() async throws {
        let world = try await AuthenticationWorld()
        var token = try await world.signIn(wallet).refreshToken
        var seen: Set = [token]
        for _ in 0..<3 {
            let refreshed = try await world.services.sessions.refresh(token, caller: world.caller)
            token = refreshed.refreshToken
            #expect(seen.insert(token).inserted)
        }
    }

    @Test("the predecessor gets the same successor for ten seconds, from any gateway")
    func grace() async throws {
        let world = try await AuthenticationWorld()
        let other = try await AuthenticationWorld(sharing: world)
        let token = try await world.signIn(wallet).refreshToken
        let next = try await world.services.sessions.refresh(token, caller: world.caller)
        world.clock.advance(milliseconds: 10_000)

        let again = try await other.services.sessions.refresh(token, caller: world.caller)

        #expect(again.refreshToken == next.refreshToken)
        #expect(again.session.id == next.session.id)
    }

    @Test("after the grace a used token ends the whole session, whoever presents it")
    func reuse() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)
        let next = try await world.services.sessions.refresh(
            signedIn.refreshToken, caller: world.caller)
        world.clock.advance(milliseconds: 10_001)

        await #expect(throws: SessionError.refreshReused) {
            try await world.services.sessions.refresh(signedIn.refreshToken, caller: world.caller)
        }
        await #expect(throws: SessionError.refreshInvalid) {
            try await world.services.sessions.refresh(next.refreshToken, caller: world.caller)
        }
        #expect(throws: TokenRefusal.sessionEnded) {
            try world.services.accessTokens.verify(next.accessToken)
        }
        #expect(
            try await world.count(
                "SELECT count(*) FROM audit_log WHERE action = 'refresh_reused'") == 1)
    }

    @Test("an unused refresh token dies after 30 days")
    func idle() async throws {
        let world = try await AuthenticationWorld()
        let token = try await world.signIn(wallet).refreshToken
        world.clock.advance(milliseconds: 30 * Self.day)

        await #expect(throws: SessionError.refreshExpired) {
            try await world.services.sessions.refresh(token, caller: world.caller)
        }
    }

    @Test("a session ends after 90 days however diligently it is refreshed")
    func ninetyDays() async throws {
        let world = try await AuthenticationWorld()
        var token = try await world.signIn(wallet).refreshToken
        for _ in 0..<4 {
            world.clock.advance(milliseconds: 22 * Self.day)
            token = try await world.services.sessions.refresh(token, caller: world.caller)
                .refreshToken
        }
        world.clock.advance(milliseconds: 2 * Self.day)

        await #expect(throws: SessionError.refreshExpired) {
            try await world.services.sessions.refresh(token, caller: world.caller)
        }
    }

    @Test(
        "what is no refresh token of ours is refused",
        arguments: [
            "", "a", "=", String(repeating: "A", count: 43),
            String(repeating: "A", count: 42) + "B",
            String(repeating: "A", count: 44), String(repeating: "A", count: 10_000),
        ])
    func junk(token: String) async throws {
        let world = try await AuthenticationWorld()

        await #expect(throws: SessionError.refreshInvalid) {
            try await world.services.sessions.refresh(token, caller: world.caller)
        }
    }

    @Test("an access token is no refresh token, and the reverse")
    func kinds() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)

        await #expect(throws: SessionError.refreshInvalid) {
            try await world.services.sessions.refresh(signedIn.accessToken, caller: world.caller)
        }
        #expect(throws: TokenRefusal.invalid) {
            try world.services.accessTokens.verify(signedIn.refreshToken)
        }
    }

    @Test("the list has the live sessions of one customer, the newest first")
    func list() async throws {
        let world = try await AuthenticationWorld()
        let first = try await world.signIn(wallet)
        world.clock.advance(milliseconds: 1000)
        let second = try await world.signIn(wallet)
        _ = try await world.signIn(try Wallet(2))

        let listed = try await world.services.sessions.list(
            of: first.customer.id, before: nil, limit: 10)
        #expect(listed.map(\.id) == [second.session.id, first.session.id])

        let last = try #require(listed.first)
        let rest = try await world.services.sessions.list(
            of: first.customer.id, before: (last.createdAt, last.id), limit: 10)
        #expect(rest.map(\.id) == [first.session.id])

        world.clock.advance(milliseconds: 30 * Self.day)
        let later = try await world.services.sessions.list(
            of: first.customer.id, before: nil, limit: 10)
        #expect(later.isEmpty)
    }

    @Test("a session is ended by its customer, once, and by nobody else")
    func end() async throws {
        let world = try await AuthenticationWorld()
        let mine = try await world.signIn(wallet)
        let theirs = try await world.signIn(try Wallet(2))
        let sessions = world.services.sessions

        await #expect(throws: SessionError.sessionUnknown) {
            try await sessions.end(
                mine.session.id, of: theirs.customer.id, reason: .endedByCustomer,
                caller: world.caller)
        }
        try await sessions.end(
            mine.session.id, of: mine.customer.id, reason: .logout, caller: world.caller)
        await #expect(throws: SessionError.sessionUnknown) {
            try await sessions.end(
                mine.session.id, of: mine.customer.id, reason: .logout, caller: world.caller)
        }
        await #expect(throws: SessionError.refreshInvalid) {
            try await sessions.refresh(mine.refreshToken, caller: world.caller)
        }
        _ = try await sessions.refresh(theirs.refreshToken, caller: world.caller)
    }

    @Test("all others are ended, this one and other customers' are not")
    func endOthers() async throws {
        let world = try await AuthenticationWorld()
        let kept = try await world.signIn(wallet)
        let gone = try await world.signIn(wallet)
        let theirs = try await world.signIn(try Wallet(2))

        let count = try await world.services.sessions.endAll(
            of: kept.customer.id, except: kept.session.id, caller: world.caller)

        #expect(count == 1)
        _ = try world.services.accessTokens.verify(kept.accessToken)
        _ = try world.services.accessTokens.verify(theirs.accessToken)
        #expect(throws: TokenRefusal.sessionEnded) {
            try world.services.accessTokens.verify(gone.accessToken)
        }
    }

    @Test("logging out with a refresh token ends its session; an unknown token is no error")
    func endByToken() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)
        let sessions = world.services.sessions
        try await sessions.endByRefreshToken("nonsense", caller: world.caller)
        try await sessions.endByRefreshToken(signedIn.refreshToken, caller: world.caller)

        #expect(throws: TokenRefusal.sessionEnded) {
            try world.services.accessTokens.verify(signedIn.accessToken)
        }
    }

    @Test("the list says from where a session was last used, not from where it began")
    func lastUse() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)
        let elsewhere = CallerContext(
            ip: "198.51.100.9", network: nil, userAgent: "other", requestID: "r-2")

        _ = try await world.services.sessions.refresh(signedIn.refreshToken, caller: elsewhere)

        let listed = try await world.services.sessions.list(
            of: signedIn.customer.id, before: nil, limit: 10)
        #expect(listed.first?.ip == "198.51.100.9")
        #expect(listed.first?.userAgent == "other")
    }

    @Test("every refresh is on record, the repeated and the refused ones too")
    func audit() async throws {
        let world = try await AuthenticationWorld()
        let signedIn = try await world.signIn(wallet)
        let sessions = world.services.sessions
        for _ in 0..<2 {
            _ = try await sessions.refresh(signedIn.refreshToken, caller: world.caller)
        }
        await #expect(throws: SessionError.refreshInvalid) {
            try await sessions.refresh("nonsense", caller: world.caller)
        }

        let rows = try await world.testDatabase.run(
            """
            SELECT action, outcome, reason, customer_id IS NOT NULL FROM audit_log
             WHERE action LIKE '%refresh%' ORDER BY audit_id
            """)
        #expect(
            rows == [
                ["session_refreshed", "success", nil, "t"],
                ["session_refreshed", "success", "grace", "t"],
                ["refresh_failed", "failure", "refresh_invalid", "f"],
            ])
    }

    @Test("all others are ended however many they are")
    func endMany() async throws {
        let world = try await AuthenticationWorld()
        let kept = try await world.signIn(wallet)
        try await world.testDatabase.run(
            """
            INSERT INTO sessions (session_id, customer_id, created_at, last_used_at, expires_at)
            SELECT gen_random_uuid(), customer_id, created_at, last_used_at, expires_at
              FROM sessions, generate_series(1, 1200)
            """)

        let count = try await world.services.sessions.endAll(
            of: kept.customer.id, except: kept.session.id, caller: world.caller)

        #expect(count == 1200)
        #expect(try await world.count("SELECT count(*) FROM session_ends") == 1200)
    }

    @Test("removal goes on until nothing is left, bite by bite")
    func cleanupOfMany() async throws {
        let world = try await AuthenticationWorld()
        let live = try await world.signIn(wallet)
        try await world.testDatabase.run(
            """
            INSERT INTO auth_nonces (nonce, token_hash, message, issued_at, expires_at)
            SELECT i::text, sha256(''), '', '2020-01-01', '2020-01-02'
              FROM generate_series(1, 500) AS i;
            INSERT INTO refresh_tokens (token_hash, session_id, issued_at, expires_at)
            SELECT sha256(i::text::bytea), session_id, '2020-01-01', '2020-01-02'
              FROM sessions, generate_series(1, 500) AS i
            """)

        let count = try await ExpiredRows(
            database: world.database, surroundings: world.clock.surroundings, biteSize: 100
        ).remove()

        #expect(count == 1000)
        _ = try await world.services.sessions.refresh(live.refreshToken, caller: world.caller)
    }

    @Test("what can never be used again is removed, and nothing else")
    func cleanup() async throws {
        let world = try await AuthenticationWorld()
        let rows = ExpiredRows(database: world.database, surroundings: world.clock.surroundings)
        let ended = try await world.signIn(wallet)
        let live = try await world.signIn(wallet)
        _ = try await world.services.signIn.challenge(
            address: nil, chain: nil, caller: world.caller)
        try await world.services.sessions.end(
            ended.session.id, of: ended.customer.id, reason: .logout, caller: world.caller)

        try await rows.remove()
        #expect(try await world.count("SELECT count(*) FROM auth_nonces") == 1)
        #expect(try await world.count("SELECT count(*) FROM sessions") == 2)

        world.clock.advance(milliseconds: Self.day + 1)
        try await rows.remove()
        #expect(try await world.count("SELECT count(*) FROM auth_nonces") == 0)
        #expect(try await world.count("SELECT count(*) FROM sessions") == 1)
        #expect(try await world.count("SELECT count(*) FROM refresh_tokens") == 1)
        _ = try await world.services.sessions.refresh(live.refreshToken, caller: world.caller)
    }
}
