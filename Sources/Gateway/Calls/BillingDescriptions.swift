import Billing
import ByteCodecs

extension BillingCalls {
    static let usageDescription = RouteDescription(
        "GET", "/v1/billing/usage", "getUsage", .billing,
        "What was used, and what it costs",
        """
        By hour or day in UTC: requests, bytes and cost of each service, some seconds after they \
        were made. Costs of a month's periods add up to what its invoices charge for use. At most \
        31 days by the hour, 366 by the day.
        """,
        answers: [.json(200, BillingSchemas.usage, "The use.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [
            RouteParameter(
                .query, "from", .time, "From the period that this is in; the month's beginning."),
            RouteParameter(.query, "to", .time, "Up to here; now."),
            RouteParameter(
                .query, "granularity", .choice(UsageReport.Granularity.allCases.map(\.rawValue)),
                "What a period is.", fallback: "day"),
        ]
        $0.problems = [.parameterInvalid]
    }

    static let listDescription = RouteDescription(
        "GET", "/v1/billing/invoices", "listInvoices", .billing,
        "Invoices", "Newest first, each with its charge.",
        answers: [.json(200, BillingSchemas.invoiceList, "One page.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.limit, .cursor]
    }

    static let findDescription = RouteDescription(
        "GET", "/v1/billing/invoices/{invoiceId}", "getInvoice", .billing,
        "One invoice", "With its charge and the transaction's digest.",
        answers: [.json(200, BillingSchemas.invoice, "The invoice.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [RouteParameter(.path, "invoiceId", .uuid, "The invoice's id.")]
        $0.problems = [.invoiceUnknown]
    }

    static let linesDescription = RouteDescription(
        "GET", "/v1/billing/invoices/{invoiceId}/lines", "listInvoiceLines", .billing,
        "What an invoice is for",
        "Its lines in their order, each with all that it takes to compute its amount again.",
        answers: [.json(200, BillingSchemas.lineList, "One page.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [
            RouteParameter(.path, "invoiceId", .uuid, "The invoice's id."), .limit, .cursor,
        ]
        $0.problems = [.invoiceUnknown]
    }
}
