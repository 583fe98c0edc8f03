import Authentication
import HTTPTransport

extension SessionCalls {
    /// Signing out works with whatever is left: an access token, or a refresh token once that has
    /// expired. What is already over counts as done.
    @Sendable func logout(_ call: Call) async throws(Problem) -> HTTPResponse {
        let refreshToken = try call.refreshToken()
        if let accessToken = call.credentials.accessToken {
            do throws(Problem) {
                try await end(sessionOf: accessToken, call)
                return .noContent(headers: clearingFields(call))
            } catch {
                // Without another way to say which session is meant, the refusal stands.
                guard error.code.status == 401, let refreshToken else { throw error }
                return try await endByRefreshToken(refreshToken, call)
            }
        }
        if call.credentials.hasAuthorization {
            throw Problem(.tokenInvalid, "Authorization must be Bearer and a token.")
        }
        guard let refreshToken else {
            throw Problem(.tokenMissing, "There is neither an access token nor a refresh token.")
        }
        return try await endByRefreshToken(refreshToken, call)
    }

    private func end(sessionOf accessToken: String, _ call: Call) async throws(Problem) {
        let claims: AccessClaims
        do {
            switch try accessTokens.verify(accessToken, mayVerify: { true }) {
            case .valid(let valid): claims = valid
            case .recheck(let stale): claims = try await accessTokens.recheck(stale)
            }
        } catch {
            throw Problem(error)
        }
        do {
            try await sessions.end(
                claims.sessionID, of: claims.customerID, reason: .logout, caller: call.caller)
        } catch {
            guard error != .sessionUnknown else { return }  // It ended meanwhile.
            throw Problem(error)
        }
    }

    private func endByRefreshToken(
        _ token: String, _ call: Call
    ) async throws(Problem) -> HTTPResponse {
        do {
            try await sessions.endByRefreshToken(token, caller: call.caller)
        } catch {
            throw Problem(error)
        }
        return .noContent(headers: clearingFields(call))
    }

    private func clearingFields(_ call: Call) -> HTTPFields {
        call.credentials.hasAuthorization ? [] : tokenCookies.clearing
    }
}
