import ByteCodecs
import Services

extension APIKeyCalls {
    static let listDescription = RouteDescription(
        "GET", "/v1/services/{type}/api-keys", "listApiKeys", .services,
        "API keys of a service", "Newest first, without those that were deleted.",
        answers: [.json(200, APIKeySchemas.list, "One page.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.service, .limit, .cursor]
    }

    static let createDescription = RouteDescription(
        "POST", "/v1/services/{type}/api-keys", "createApiKey", .services,
        "Make an API key",
        """
        As many may be active as the configuration has slots for, or the scheduled one where that \
        has fewer. The key itself is in this answer. It is kept encrypted, never in the clear; sent \
        again with the same Idempotency-Key the same key is told again.
        """,
        answers: [.json(201, APIKeySchemas.issued, "The key.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.parameters = [.service]
        $0.body = .optional(
            .object([
                .init(
                    "name", .nullable(.text(.displayName)), required: false,
                    "1 to 64 characters, to tell keys apart.", example: "Production")
            ]))
        $0.problems = [.serviceNotConfigured, .apiKeySlotsTaken, .apiKeyUnknown]
    }

    static let revokeDescription = RouteDescription(
        "POST", "/v1/api-keys/{id}/revoke", "revokeApiKey", .services,
        "Revoke an API key",
        """
        It stops working at once, and at the edges within two seconds. With `wait` the answer comes \
        once every edge has applied it, or after so many seconds, and says which have. Again is the \
        same and tells how the edges stand by now, so an Idempotency-Key is ignored.
        """,
        answers: [.json(200, APIKeySchemas.revoked, "It is revoked.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [
            id,
            RouteParameter(
                .query, "wait", .integer(1...10), "How many seconds to wait for the edges."),
        ]
        $0.problems = [.apiKeyUnknown]
    }

    static let enableDescription = RouteDescription(
        "POST", "/v1/api-keys/{id}/enable", "enableApiKey", .services,
        "Take a revocation back",
        """
        Where there is a slot for it, and no other key has taken its place. Again is the same, so \
        an Idempotency-Key is ignored.
        """,
        answers: [.json(200, APIKeySchemas.key, "It is active.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [id]
        $0.problems = [.apiKeyUnknown, .apiKeySlotsTaken, .apiKeyRotated]
    }

    static let rotateDescription = RouteDescription(
        "POST", "/v1/api-keys/{id}/rotate", "rotateApiKey", .services,
        "Put a new API key in the place of another",
        """
        The old one works on for `overlapSeconds`, without taking a slot, and cannot be enabled \
        afterwards. What it had taken the place of itself, and still worked, ends at once. As many as \
        there are slots can be in their overlap. Sent again with the same \
        Idempotency-Key the same key is told again.
        """,
        answers: [.json(201, APIKeySchemas.issued, "The new key.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.parameters = [id]
        $0.body = .optional(
            .object([
                .init(
                    "overlapSeconds", .integer(0...APIKeys.longestOverlapSeconds),
                    required: false,
                    "0 ends the old one at once; without it, \(APIKeys.usualOverlapSeconds).",
                    example: 3600)
            ]))
        $0.problems = [.apiKeyUnknown, .apiKeyNotActive, .apiKeyRotated, .apiKeySlotsTaken]
    }

    static let deleteDescription = RouteDescription(
        "DELETE", "/v1/api-keys/{id}", "deleteApiKey", .services,
        "Delete an API key",
        "For good: the key itself is forgotten. An Idempotency-Key is ignored: again it is unknown.",
        answers: [.empty("It is gone.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [id]
        $0.problems = [.apiKeyUnknown]
    }

    private static let id = RouteParameter(.path, "id", .uuid, "The key's id, which is no secret.")
}

/// The shapes of API keys, next to the code that fills them in ``APIKeyBodies``.
enum APIKeySchemas {
    static let key = Schema.named("ApiKey", .object(fields))

    static let issued = Schema.named(
        "IssuedApiKey",
        .object(
            fields + [
                .init(
                    "key", .freeText, "The secret: 44 characters, what programs show to the edge.")
            ]))

    static let list = Schema.named(
        "ApiKeyList",
        .object([
            .init("items", .list(key, atMost: 200), "Newest first."),
            .init(
                "nextCursor", .nullable(.text(.cursor)),
                "The `cursor` of the next page; null on the last."),
        ]))

    static let revoked = Schema.named(
        "RevokedApiKey",
        .object([
            .init("apiKey", key, "The key."),
            .init(
                "applied", .flag,
                "Whether every edge has applied it; false where no edge has ever reported."),
            .init("edges", .list(edge, atMost: 1000), "Each edge that reports."),
        ]))

    private static let edge = Schema.object([
        .init("edge", .freeText, "Its name."),
        .init("applied", .flag, "Whether its HAProxy refuses the key."),
        .init(
            "version", .nullable(.integer(0...Int64.max)), "The version of the vault it reported."),
        .init("reportedAt", .nullable(.time), "When."),
    ])

    private static let fields: [Schema.Field] = [
        .init("apiKeyId", .uuid, "Names the key."),
        .init("serviceType", .choice(ServiceType.allCases.map(\.rawValue)), "What it is for."),
        .init("name", .nullable(.freeText), "What the customer calls it."),
        .init(
            "state",
            .choice(APIKeyState.allCases.filter { $0 != .deleted }.map(\.rawValue)),
            "Whether it is let through while its service is served."),
        .init("hint", .freeText, "Its first characters."),
        .init("createdAt", .time, "When it was made."),
        .init("changedAt", .time, "When it last changed."),
        .init("expiresAt", .nullable(.time), "The end of its overlap, where it was rotated."),
        .init("lastUsedAt", .nullable(.time), "To the minute; null before it was used."),
        .init("rotatedFrom", .nullable(.uuid), "The key whose place it took."),
        .init("rotatedTo", .nullable(.uuid), "The key that took its place."),
    ]
}
