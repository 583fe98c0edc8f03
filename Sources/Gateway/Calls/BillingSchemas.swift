import Billing
import ByteCodecs
import Services

/// The shapes of use and invoices, next to the code that fills them in ``BillingBodies``.
enum BillingSchemas {
    private static let count = Schema.integer(0...Int64.max)
    private static let service = Schema.Field(
        "serviceType", .choice(ServiceType.allCases.map(\.rawValue)), "Of which service.")
    private static let tier = Schema.Field(
        "tier", .choice(ServiceTier.allCases.map(\.rawValue)), "At which tier.")
    private static let month = Schema.Field("month", .freeText, "In UTC, as 2026-11.")
    private static let version = Schema.Field(
        "priceVersion", .integer(1...Int64.max), "By which prices.")

    static let usage = Schema.named(
        "Usage",
        .object([
            .init("from", .time, "The beginning of the first period."),
            .init("to", .time, "The end of the last period."),
            .init(
                "granularity", .choice(UsageReport.Granularity.allCases.map(\.rawValue)),
                "What a period is; in UTC."),
            .init(
                "items", .list(usageItem, atMost: 4000),
                "By period, then by service; periods without use are left out."),
        ]))

    private static let usageItem: Schema = .object([
        .init("start", .time, "The beginning of the period."), service,
        .init("requests", count, "All that were counted."),
        .init("successfulRequests", count, "Answered 2xx or 3xx: only they cost."),
        .init("bytesIn", count, "Bytes that came in."),
        .init("bytesOut", count, "Bytes that went out."),
        .init(
            "costMicroUsdc", .nullable(.amount(.any)),
            "What they cost; null where something of it has no price.", example: "1500"),
    ])

    static let invoice = Schema.named(
        "Invoice",
        .object([
            .init("invoiceId", .uuid, "The invoice's id."),
            .init(
                "state", .choice(["open", "closed", "charging", "paid", "past_due", "void"]),
                "Only the outcome of a charge on chain makes one paid."),
            .init(
                "reason", .choice(InvoiceReason.allCases.map(\.rawValue)), "Why it was made."),
            .init("totalMicroUsdc", .amount(.any), "The sum of its lines.", example: "5000000"),
            version, .init("openedAt", .time, "When it was made."),
            .init("closedAt", .nullable(.time), "From when on nothing of it changes."),
            .init("endedAt", .nullable(.time), "When it was paid or voided."),
            .init("charge", .nullable(charge), "The charge for it; null before there is one."),
        ]))

    private static let charge: Schema = .object([
        .init("chargeId", .uuid, "The charge's id."),
        .init(
            "state", .choice(["planned", "signed", "settled", "declined", "abandoned"]),
            "planned, then signed, then an end."),
        .init(
            "digest", .nullable(.text(.digest)),
            "The transaction that decided it, or is to decide it."),
        .init("checkpoint", .nullable(count), "Where it was decided; null before that."),
    ])

    static let invoiceList = list("InvoiceList", invoice, "Newest first.")
    static let lineList = list("InvoiceLineList", line, "In their order.")

    private static func list(_ name: String, _ item: Schema, _ order: String) -> Schema {
        .named(
            name,
            .object([
                .init("items", .list(item, atMost: 200), order),
                .init(
                    "nextCursor", .nullable(.text(.cursor)),
                    "The `cursor` of the next page; null on the last."),
            ]))
    }

    private static let line = Schema.named(
        "InvoiceLine",
        .object([
            .init("line", count, "Its place on the invoice, from zero."),
            .init(
                "kind", .choice(InvoiceLineKind.allCases.map(\.rawValue)),
                "`late_usage` is an adjustment for hours that an earlier invoice had covered."),
            .init("isDeduction", .flag, "Whether the amount lowers the total."),
            .init("amountMicroUsdc", .amount(.any), "Without a sign.", example: "5000000"),
            .init("usage", .nullable(use), "What a line for use rests on."),
            .init("baseFee", .nullable(fee), "What a line for a fee rests on."),
            .init("creditId", .nullable(.uuid), "The credit that was taken."),
        ]))

    private static let use: Schema = .object([
        service, tier, month, version,
        .init("requestsBefore", count, "Requests that were invoiced before these."),
        .init("requests", count, "How many stand on the line."),
        .init(
            "hours",
            .list(
                .object([
                    .init("hour", .time, "The beginning of the hour."),
                    .init("from", count, "After so many of the hour's successful requests."),
                    .init("through", count, "Through so many of them."),
                ]), atMost: 745), "The hours they were made in."),
    ])

    private static let fee: Schema = .object([
        service, tier, .init("burst", .flag, "With the higher rate."),
        .init("sealKeys", count, "Seal keys."),
        .init("packagesPerKey", count, "Packages for each key."),
        .init("apiKeys", count, "API keys."), month,
        .init("firstDay", .integer(1...31), "Of the month."),
        .init("lastDay", .integer(1...31), "Of the month, itself paid for."), version,
    ])
}
