/// Why a token does not open anything.
public enum TokenRefusal: Error, Equatable, Sendable {
    /// Not ours, altered, or not an access token; which of these is nobody's business.
    case invalid
    case expired
    case sessionEnded
    /// Its signature was not looked at, because too many before it were bad.
    case notNow
    /// We have not heard of ended sessions for too long, and the database does not answer.
    case undecided
}
