import Authentication
import Determinism
import HTTPTransport

/// The cookies that carry a session.
struct TokenCookies: Sendable {
    let names: CookieNames
    let now: @Sendable () -> Timestamp

    /// The browser forgets each when it would be worthless anyway.
    func setting(_ signedIn: SignedIn) -> HTTPFields {
        let refreshSeconds = signedIn.refreshExpiresAt.seconds - now().seconds
        return [
            names.setting(.access, to: signedIn.accessToken, seconds: signedIn.expiresIn),
            names.setting(.refresh, to: signedIn.refreshToken, seconds: refreshSeconds),
        ]
    }

    var clearing: HTTPFields { [names.clearing(.access), names.clearing(.refresh)] }
}
