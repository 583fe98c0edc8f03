import Determinism

/// Puts together what a sign-in or a refresh hands out.
struct TokenPairs: Sendable {
    let accessTokens: AccessTokens
    let surroundings: Surroundings

    /// Nil while no signing key is at hand.
    func signedIn(_ row: SessionRow, refreshToken: [UInt8]) -> SignedIn? {
        guard let accessToken = accessTokens.issue(for: row.session, of: row.customer) else {
            return nil
        }
        let unused = surroundings.now().adding(milliseconds: RefreshTokens.lifetimeMilliseconds)
        return SignedIn(
            accessToken: accessToken, expiresIn: TokenPolicy.lifetimeSeconds,
            refreshToken: RefreshTokens.text(of: refreshToken),
            refreshExpiresAt: min(unused, row.session.expiresAt), session: row.session,
            customer: row.customer)
    }
}
