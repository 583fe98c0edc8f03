import ByteCodecs
import HTTPTransport
import Observability

/// Calls for whoever runs the gateway, and for those who verify its tokens.
struct OperationsCalls: Sendable {
    let accessTokens: any AccessTokenService
    let readiness: Readiness
    let metrics: MetricsRegistry

    var routes: [Route] {
        [
            Route(Self.healthDescription, .now { _ in Self.alive }),
            Route(Self.readyDescription, .later { _ in await readiness.report().response }),
            Route(Self.metricsDescription, .now(metricsText)),
            Route(Self.keysDescription, .now(keys)),
        ]
    }

    private static let alive = HTTPResponse.json(200, ["status": "ok"])

    @Sendable private func metricsText(_ call: Call) throws(Problem) -> HTTPResponse {
        .text(Array(metrics.text().utf8), mediaType: Self.metricsMediaType)
    }

    @Sendable private func keys(_ call: Call) throws(Problem) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", "application/json"),
                ("Cache-Control", "public, max-age=\(accessTokens.jwksMaxAgeSeconds)"),
            ],
            body: accessTokens.jwks().serialized())
    }

    /// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
    private static let metricsMediaType = "text/plain; version=0.0.4; charset=utf-8"

    static let healthDescription = RouteDescription(
        "GET", "/health", "getHealth", .operations, "Is the process alive",
        "Answers without any input or output. Not limited.",
        answers: [.json(200, AnswerSchemas.health, "Alive.")]
    ).with { $0.limit = nil }

    static let readyDescription = RouteDescription(
        "GET", "/ready", "getReadiness", .operations, "Should requests be sent here",
        """
        Checks what this instance needs. 503 while the database is away, its schema is older than \
        this version, or the instance is about to stop; trouble that requests can live with is \
        200 with `degraded`. Not limited.
        """,
        answers: [
            .json(200, AnswerSchemas.readiness, "Yes."),
            .json(
                503, AnswerSchemas.readiness, "No.",
                headers: [.init(name: "Retry-After", summary: "Seconds.")]),
        ]
    ).with { $0.limit = nil }

    static let metricsDescription = RouteDescription(
        "GET", "/metrics", "getMetrics", .operations, "Figures for Prometheus",
        "Text exposition format 0.0.4. Not limited.",
        answers: [
            RouteAnswer(
                status: 200, summary: "All metrics.",
                content: .text(mediaType: "text/plain"))
        ]
    ).with { $0.limit = nil }

    static let keysDescription = RouteDescription(
        "GET", "/.well-known/jwks.json", "getKeySet", .signIn,
        "Public keys of the access tokens",
        """
        An RFC 7517 key set with which anybody can verify an access token. A new key stands here \
        for longer than `max-age` before it signs. Empty with HS256.
        """,
        answers: [
            .json(
                200, AnswerSchemas.keySet, "The keys.",
                headers: [.init(name: "Cache-Control", summary: "How long to keep them.")])
        ])
}
