public import Determinism

/// A text to be signed, once, by the browser that asked for it.
public struct Challenge: Sendable {
    public enum Text: Sendable, Equatable {
        /// The whole text.
        case message(String)
        /// The text with one `{address}`, for which the client puts its canonical address.
        case template(String)
    }

    /// 160 random bits in lower-case hexadecimal.
    public var nonce: String
    public var text: Text
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp
    /// Binds the challenge to the browser: the cookie's value, or `X-Challenge-Token`.
    public var token: String
}
