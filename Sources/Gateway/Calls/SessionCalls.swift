import Authentication
import ByteCodecs
import HTTPTransport
import Identifiers
import SuiProtocol

/// Calls on sessions: renew, leave, look at, end.
struct SessionCalls: Sendable {
    let sessions: any SessionService
    let accessTokens: any AccessTokenService
    let tokenCookies: TokenCookies
    let limiter: RateLimiter

    var routes: [Route] {
        [
            Route(Self.refreshDescription, .later(refresh)),
            Route(Self.logoutDescription, .later(logout)),
            Route(Self.currentDescription, .signedInNow(current)),
            Route(Self.listDescription, .signedInLater(list)),
            Route(Self.endDescription, .signedInLater(end)),
            Route(Self.endOthersDescription, .signedInLater(endOthers)),
        ]
    }

    @Sendable private func refresh(_ call: Call) async throws(Problem) -> HTTPResponse {
        guard let token = try call.refreshToken() else {
            throw Problem(.tokenMissing, "There is no refresh token, in a cookie or in the body.")
        }
        let signedIn: SignedIn
        do {
            signedIn = try await sessions.refresh(token, caller: call.caller)
        } catch {
            throw Problem(error)
        }
        limiter.carryOver(
            from: .session(ofRefreshToken: token),
            to: .session(ofRefreshToken: signedIn.refreshToken))
        let isByCookie = call.credentials.cookies.refresh != nil
        return .json(
            200, JSONValue(signedIn, showsRefreshToken: !isByCookie),
            headers: isByCookie ? tokenCookies.setting(signedIn) : [])
    }

    /// Reads nothing from the database: made for proxies that ask on every request.
    @Sendable private func current(
        _ call: Call, _ claims: AccessClaims
    ) throws(Problem) -> HTTPResponse {
        let wallet = claims.walletAddress.description
        var response = HTTPResponse.json(200, bytes: ClaimsBody.bytes(claims, wallet: wallet))
        response.headers.append("X-Sluice-Customer", claims.customerID.description)
        response.headers.append("X-Sluice-Wallet", wallet)
        return response
    }

    @Sendable private func list(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let page: SessionPage
        do {
            let found = try await sessions.list(
                of: claims.customerID, before: cursor?.position, limit: limit + 1)
            page = SessionPage(found, limit: limit)
        } catch {
            throw Problem(error)
        }
        let items = page.items.map { JSONValue($0, isCurrent: $0.id == claims.sessionID) }
        return .json(
            200, ["items": .array(items), "nextCursor": .optional(page.next?.text)])
    }

    @Sendable private func end(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        guard let id = call.textParameter("id").flatMap(SessionID.init) else {
            throw Problem(.sessionUnknown, "No session has this id.")
        }
        do {
            try await sessions.end(
                id, of: claims.customerID, reason: .endedByCustomer, caller: call.caller)
        } catch {
            throw Problem(error)
        }
        let isOwn = id == claims.sessionID && !call.credentials.hasAuthorization
        return .noContent(headers: isOwn ? tokenCookies.clearing : [])
    }

    @Sendable private func endOthers(
        _ call: Call, _ claims: AccessClaims
    ) async throws(Problem) -> HTTPResponse {
        do {
            _ = try await sessions.endAll(
                of: claims.customerID, except: claims.sessionID, caller: call.caller)
        } catch {
            throw Problem(error)
        }
        return .noContent()
    }
}

extension Call {
    /// The refresh token from its cookie or the body's `refreshToken`; nil when there is none.
    func refreshToken() throws(Problem) -> String? {
        let cookie = credentials.cookies.refresh
        let member = text("refreshToken")
        if let cookie, let member, cookie != member {
            throw Problem(
                .credentialsConflict,
                "The refresh cookie and refreshToken in the body contradict each other.")
        }
        return cookie ?? member
    }
}

extension LimitKey {
    static func session(ofRefreshToken token: String) -> LimitKey {
        LimitKey(.refresh, .session(Sessions.limitKey(forRefreshToken: token)))
    }
}
