import HTTPTransport

/// CORS (https://fetch.spec.whatwg.org/#http-cors-protocol) for our own pages only: their origin is
/// named, with credentials, and never `*`.
enum CrossOriginFields {
    static func append(
        for standing: OriginRule.Standing, to headers: inout HTTPFields
    ) {
        switch standing {
        case .absent, .foreign: headers.append(vary)
        case .ours(let origin):
            headers.append("Access-Control-Allow-Origin", origin)
            headers.append(shared)
        }
    }

    /// What a preflight from one of our pages is told beyond that.
    static func preflight(allow: String) -> HTTPFields {
        [
            ("Allow", allow), ("Access-Control-Allow-Methods", allow),
            ("Access-Control-Allow-Headers", acceptedHeaders),
            ("Access-Control-Max-Age", maximumAgeSeconds),
        ]
    }

    /// Also without an Origin: what a cache keeps of that answer lacks the fields our pages need.
    private static let vary: HTTPFields = [("Vary", "Origin")]
    private static let shared: HTTPFields = [
        ("Vary", "Origin"), ("Access-Control-Allow-Credentials", "true"),
        (
            "Access-Control-Expose-Headers",
            "X-Request-Id, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, "
                + "X-Sluice-Customer, X-Sluice-Wallet"
        ),
    ]
    private static let acceptedHeaders =
        "Authorization, Content-Type, Idempotency-Key, X-Challenge-Token, X-Request-Id, traceparent"
    /// Short, so that a change of the allowed origins is seen soon.
    private static let maximumAgeSeconds = "600"
}
