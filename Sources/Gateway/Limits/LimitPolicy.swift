/// Which bucket a call draws from; the name is what clients see in `RateLimit-Policy`.
enum LimitPolicy: String, CaseIterable, Sendable {
    case challenge
    case verify
    case refresh
    case service
    case standard = "default"
}
