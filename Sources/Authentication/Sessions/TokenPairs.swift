import Determinism

/// Puts together what a sign-in or a refresh hands out.
struct TokenPairs: Sendable {
    let accessTokens: AccessTokens
    let surroundings: Surroundings

    /// See ``AccessTokens/signer``.
    var signer: SigningKey? { accessTokens.signer }

    /// Nil only for want of memory.
    func signedIn(
        _ row: SessionRow, refreshToken: [UInt8], by signer: SigningKey
    ) -> SignedIn? {
        guard
            let accessToken = accessTokens.issue(for: row.session, of: row.customer, by: signer)
        else { return nil }
        let unused = surroundings.now().adding(milliseconds: RefreshTokens.lifetimeMilliseconds)
        return SignedIn(
            accessToken: accessToken, expiresIn: TokenPolicy.lifetimeSeconds,
            refreshToken: RefreshTokens.text(of: refreshToken),
            refreshExpiresAt: min(unused, row.session.expiresAt), session: row.session,
            customer: row.customer)
    }
}
