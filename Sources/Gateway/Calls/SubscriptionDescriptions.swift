import Billing
import ByteCodecs
import Services

extension SubscriptionCalls {
    static let listDescription = RouteDescription(
        "GET", "/v1/services", "listServices", .services,
        "The customer's services", "All of them, those too of which nothing was chosen yet.",
        answers: [.json(200, ServiceSchemas.services, "The services, by name; never more pages.")]
    ).with {
        $0.credential = .accessToken
        $0.problems = [.pricesUnavailable]
    }

    static let findDescription = RouteDescription(
        "GET", "/v1/services/{type}", "getService", .services,
        "One service", "What the customer has of it; `not_provisioned` before anything was chosen.",
        answers: [.json(200, ServiceSchemas.service, "The service.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.service]
        $0.problems = [.pricesUnavailable]
    }

    static let quoteDescription = RouteDescription(
        "POST", "/v1/services/{type}/quote", "quoteService", .services,
        "What a configuration would cost",
        """
        By the month, and at once; for a service that is not served, as if it were enabled now. \
        Where it cannot be paid, `allowed` is false and `error` says why with the figures. Nothing \
        is written, and nothing is promised. An Idempotency-Key is ignored.
        """,
        answers: [.json(200, ServiceSchemas.quote, "The quote.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.service]
        $0.body = .required(wanted)
        $0.problems = [
            .configurationRefused, .serviceNotConfigured, .serviceStateConflict, .serviceSuspended,
            .pricesUnavailable,
        ]
    }

    static let configureDescription = RouteDescription(
        "PUT", "/v1/services/{type}", "configureService", .services,
        "Choose a configuration",
        """
        While the service is served, a dearer one holds at once, and the difference for the rest of \
        the month is charged; a cheaper one holds from the next month on. Before that it is only \
        kept. All is checked before anything changes, and a refusal writes nothing. Sent again with \
        the same Idempotency-Key nothing is charged again.
        """,
        answers: [.json(200, ServiceSchemas.change, "What was changed and charged.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .required
        $0.parameters = [.service]
        $0.body = .required(wanted)
        $0.problems = paymentProblems + [.configurationRefused, .serviceSuspended, .apiKeysInUse]
    }

    static let enableDescription = RouteDescription(
        "POST", "/v1/services/{type}/enable", "enableService", .services,
        "Have a service served",
        """
        The rest of the month is charged, from today on, unless it is paid for. All is checked \
        before anything changes. Sent again with the same Idempotency-Key nothing is charged again.
        """,
        answers: [.json(200, ServiceSchemas.change, "It is served.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .required
        $0.parameters = [.service]
        $0.problems = paymentProblems + [.configurationRefused, .serviceNotConfigured]
    }

    static let disableDescription = RouteDescription(
        "POST", "/v1/services/{type}/disable", "disableService", .services,
        "Have a service no longer served",
        """
        At once. Nothing is paid back; enabled again within the same month, what was paid for \
        costs nothing. Again is the same, so an Idempotency-Key is ignored.
        """,
        answers: [.json(200, ServiceSchemas.service, "It is not served.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.service]
        $0.problems = [.serviceStateConflict, .pricesUnavailable]
    }

    private static let paymentProblems: [ProblemCode] = [
        .insufficientBalance, .monthlyLimitExceeded, .paymentOwed, .escrowAccountMissing,
        .accountFrozen, .serviceStateConflict, .pricesUnavailable,
    ]

    private static let wanted = Schema.object([
        .init("tier", .choice(ServiceTier.allCases.map(\.rawValue)), "How much.", example: "pro"),
        .init(
            "options",
            .object([
                .init("burst", .flag, required: false, "A higher rate; without it none."),
                count("sealKeys", "Seal keys, with those included."),
                count("packagesPerKey", "Packages for each seal key, with those included."),
                count("apiKeys", "API keys that may be active, with those included."),
            ]), required: false, "What is not named is what is included."),
    ])

    private static func count(_ name: String, _ summary: String) -> Schema.Field {
        .init(name, .integer(0...PriceBook.optionLimit), required: false, summary)
    }
}

extension RouteParameter {
    static let service = RouteParameter(
        .path, "type", .choice(ServiceType.allCases.map(\.rawValue)), "The service.")
}
