import ByteCodecs

/// The fields of answers that many calls share.
enum HeaderDocuments {
    static let all: JSONValue = [
        "RequestId": document(
            "The request's name in our logs: the one you sent, or one made here.",
            pattern: "^[A-Za-z0-9._-]{1,64}$"),
        "RateLimitPolicy": document(
            "Quota and window, draft-ietf-httpapi-ratelimit-headers-10.",
            pattern: #"^"[a-z]+";q=[0-9]+;w=[0-9]+$"#),
        "RateLimit": document(
            "What remains, and seconds until the quota is whole again.",
            pattern: #"^"[a-z]+";r=[0-9]+;t=[0-9]+$"#),
        "RetryAfter": document("Seconds to wait.", pattern: "^[0-9]+$"),
        "WWWAuthenticate": document("What to authenticate with.", pattern: "^Bearer .+$"),
        "Allow": document("The methods this path takes.", pattern: "^[A-Z, ]+$"),
    ]

    static func ofEveryAnswer(isLimited: Bool) -> JSONObject {
        var headers: JSONObject = ["X-Request-Id": reference("RequestId")]
        if isLimited {
            headers["RateLimit-Policy"] = reference("RateLimitPolicy")
            headers["RateLimit"] = reference("RateLimit")
        }
        return headers
    }

    /// Refusals of the transport come before any bucket is asked, so the limit is only sure where
    /// it is what the refusal is about.
    static func ofProblem(_ status: Int) -> JSONObject {
        var headers = ofEveryAnswer(isLimited: status == 429)
        switch status {
        case 401: headers["WWW-Authenticate"] = reference("WWWAuthenticate")
        case 405: headers["Allow"] = reference("Allow")
        case 429, 503: headers["Retry-After"] = reference("RetryAfter")
        default: break
        }
        return headers
    }

    private static func reference(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/headers/\(name)")]
    }

    private static func document(_ description: String, pattern: String) -> JSONValue {
        [
            "description": .string(description), "required": true,
            "schema": ["type": "string", "pattern": .string(pattern)],
        ]
    }
}
