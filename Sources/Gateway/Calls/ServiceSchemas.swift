import Billing
import ByteCodecs
import Services

/// The shapes of services, quotes and the catalogue, next to the code that fills them in
/// ``ServiceBodies`` and ``CatalogueBodies``.
enum ServiceSchemas {
    static let services = Schema.named(
        "ServiceList",
        .object([
            .init("items", .list(service, atMost: ServiceType.allCases.count), "By name."),
            .init("nextCursor", .nullable(.text(.cursor)), "Always null."),
        ]))

    static let service = Schema.named(
        "Service",
        .object([
            .init("type", .choice(ServiceType.allCases.map(\.rawValue)), "Which service."),
            .init(
                "state", .choice(InstanceState.allCases.map(\.rawValue)), "Whether it is served."),
            .init("configuration", .nullable(configuration), "Null before one was chosen."),
            .init("scheduled", .nullable(scheduled), "What takes its place."),
            .init(
                "monthlyMicroUsdc", .nullable(.amount(.any)),
                "What the configuration costs a month by the prices of now.", example: "20000000"),
            .init("paidUntil", .nullable(.time), "The end of the last month that was invoiced."),
            .init("createdAt", .nullable(.time), "When something was first chosen."),
            .init("changedAt", .nullable(.time), "When it was last changed."),
        ]))

    static let quote = Schema.named(
        "Quote",
        .object(
            changeFields(SubscriptionChange.Effect.names) + [
                .init("allowed", .flag, "Whether it can be had and paid now."),
                .init("error", .map(.anything), required: false, errorMeaning),
            ]))

    static let change = Schema.named(
        "ServiceChange",
        .object(
            changeFields(SubscriptionChange.Effect.names + ["forgotten"]) + [
                .init("service", service, "What it is now."),
                .init("invoiceId", .nullable(.uuid), "The invoice, if anything was invoiced."),
                .init("chargeId", .nullable(.uuid), "The charge that pays it, if there is one."),
            ]))

    private static let errorMeaning = """
        Where it is not allowed: `code`, `title`, `detail` and the figures, as the change itself \
        would be refused.
        """

    private static func changeFields(_ effects: [String]) -> [Schema.Field] {
        [
            .init("effect", .choice(effects), effectMeaning),
            .init("effectiveFrom", .nullable(.time), "From when on, where it is scheduled."),
            .init("monthlyMicroUsdc", .amount(.any), "The whole month.", example: "40000000"),
            .init("chargeNowMicroUsdc", .amount(.any), "At once.", example: "13333333"),
            .init("items", .list(item, atMost: FeeItem.Kind.allCases.count), "The month's parts."),
            .init("lines", .list(line, atMost: 4096), "What is invoiced at once."),
        ]
    }

    private static let effectMeaning = """
        `immediate`; `scheduled` for the next month; `stored` until the service is enabled; \
        `forgotten` where the request was done more than 30 days ago.
        """

    private static let configuration = Schema.named(
        "ServiceConfiguration",
        .object([
            .init("tier", .choice(ServiceTier.allCases.map(\.rawValue)), "How much."),
            .init(
                "options",
                .object([
                    .init("burst", .flag, "A higher rate."),
                    .init("sealKeys", .integer(0...Int64.max), "With those included."),
                    .init("packagesPerKey", .integer(0...Int64.max), "With those included."),
                    .init("apiKeys", .integer(0...Int64.max), "With those included."),
                ]), "What was chosen beside it."),
        ]))

    private static let scheduled = Schema.object([
        .init("from", .time, "The first moment of a month."),
        .init("configuration", configuration, "What holds from then on."),
    ])

    private static let item = Schema.object([
        .init("kind", .choice(FeeItem.Kind.allCases.map(\.rawValue)), "What is paid for."),
        .init("quantity", .integer(0...Int64.max), "Without what is included."),
        .init("unitMicroUsdc", .amount(.any), "For one of them."),
        .init("monthlyMicroUsdc", .amount(.any), "For all of them."),
    ])

    private static let line = Schema.object([
        .init(
            "kind", .choice(["base_fee", "base_fee_returned"]),
            "A fee for some days, or what was paid for the same days and is taken off."),
        .init("month", .freeText, "As 2028-02."),
        .init("firstDay", .integer(1...31), "Of the month."),
        .init("days", .integer(0...31), "How many."),
        .init("configuration", configuration, "What is paid for."),
        .init("amountMicroUsdc", .amount(.any), "Without a sign."),
    ])

    static let catalogue = Schema.named(
        "Catalog",
        .object([
            .init("priceVersion", .integer(1...Int64.max), "Of the price book."),
            .init("effectiveFrom", .time, "Since when."),
            .init(
                "services", .list(sold, atMost: ServiceType.allCases.count),
                "What is sold, and will be."
            ),
        ]))

    private static let sold = Schema.object([
        .init("type", .choice(ServiceType.allCases.map(\.rawValue)), "Which service."),
        .init("title", .freeText, "For people."),
        .init(
            "availability", .choice(ServicePrices.Availability.allCases.map(\.rawValue)),
            "Whether it can be had."),
        .init(
            "options",
            .nullable(
                .object([
                    .init("sealKeys", option, "Seal keys."),
                    .init("packagesPerKey", option, "Packages for each of them."),
                    .init("apiKeys", option, "API keys that may be active."),
                ])), "Null while it is to come."),
        .init(
            "tiers", .list(tier, atMost: ServiceTier.allCases.count),
            "Each once; none while it is to come."),
    ])

    private static let option = Schema.object([
        .init("included", .integer(0...Int64.max), "Nobody has fewer."),
        .init("maximum", .integer(0...Int64.max), "Nobody has more."),
        .init("monthlyMicroUsdc", .amount(.any), "For each above those included."),
    ])

    private static let tier = Schema.object([
        .init("tier", .choice(ServiceTier.allCases.map(\.rawValue)), "Which tier."),
        .init("title", .freeText, "For people."),
        .init("terms", .nullable(terms), "Null where they are by agreement."),
    ])

    private static let terms = Schema.object([
        .init("monthlyMicroUsdc", .amount(.any), "The base fee."),
        .init("includedRequests", .integer(0...Int64.max), "Of a month, that cost nothing."),
        .init(
            "requestPrice",
            .object([
                .init("amountMicroUsdc", .amount(.any), "So much."),
                .init("perRequests", .integer(1...Int64.max), "For so many successful ones."),
            ]), "What use costs."),
        .init("requestsPerSecond", .integer(0...Int64.max), "Above them HAProxy answers 429."),
        .init(
            "burst",
            .nullable(
                .object([
                    .init("monthlyMicroUsdc", .amount(.any), "What it costs."),
                    .init("requestsPerSecond", .integer(0...Int64.max), "The rate with it."),
                ])), "Null where it is not sold."),
    ])
}
