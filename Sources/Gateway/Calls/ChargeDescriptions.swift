import Authentication
import ByteCodecs
import Escrow

extension ChargeCalls {
    static let createDescription = RouteDescription(
        "POST", "/v1/charges", "createCharge", .charges,
        "Charge a customer",
        """
        Sets the amount aside in the customer's escrow account and has it charged on chain, once. \
        Sent again with the same Idempotency-Key the answer is the first one, a year later as well; \
        a refusal binds nothing, so that the same request may succeed after a deposit. An invoice \
        has one charge, whoever asks: another is possible once it was declined or abandoned.
        """,
        answers: [.json(202, ChargeSchemas.charge, "It is planned.")]
    ).with {
        $0.credential = .service(.charges)
        $0.idempotencyKey = .required
        $0.body = .required(
            .object([
                .init("customerId", .integer(1...4_294_967_295), "Whom.", example: 42),
                .init(
                    "amountMicroUsdc", .amount(.moving), "Millionths of a USDC.",
                    example: "1500000"),
                .init(
                    "description", .text(.description), "What it is for, 1 to 500 characters.",
                    example: "Requests in November"),
                .init(
                    "invoiceId", .text(.invoiceID), required: false,
                    "The obligation that is paid, 1 to 128 visible ASCII characters.",
                    example: "2026-11-42"),
            ]))
        $0.problems = [
            .amountInvalid, .insufficientBalance, .monthlyLimitExceeded, .customerUnknown,
            .escrowAccountMissing, .accountFrozen, .invoiceAlreadyCharged,
        ]
    }

    static let findDescription = RouteDescription(
        "GET", "/v1/charges/{chargeId}", "getCharge", .charges,
        "One charge", "How a charge stands, as far as the chain has been read.",
        answers: [.json(200, ChargeSchemas.charge, "The charge.")]
    ).with {
        $0.credential = .service(.charges)
        $0.parameters = [RouteParameter(.path, "chargeId", .uuid, "The charge's id.")]
        $0.problems = [.chargeUnknown]
    }

    static let listDescription = RouteDescription(
        "GET", "/v1/charges", "listCharges", .charges,
        "Charges", "Newest first, those of other services too.",
        answers: [.json(200, ChargeSchemas.chargeList, "One page.")]
    ).with {
        $0.credential = .service(.charges)
        $0.parameters = [
            RouteParameter(
                .query, "state", .choice(Charge.State.Name.allCases.map(\.rawValue)),
                "Only those in this state."),
            RouteParameter(
                .query, "customerId", .integer(1...4_294_967_295), "Only this customer's."),
            .limit, .cursor,
        ]
    }
}

extension RefundCalls {
    static let createDescription = RouteDescription(
        "POST", "/v1/refunds", "createRefund", .charges,
        "Give back of a charge",
        """
        Pays back into the customer's escrow account, once, out of the operator's own float. All \
        refunds of a charge together are at most what was charged.
        """,
        answers: [.json(202, ChargeSchemas.refund, "It is planned.")]
    ).with {
        $0.credential = .service(.refunds)
        $0.idempotencyKey = .required
        $0.body = .required(
            .object([
                .init("chargeId", .uuid, "The charge."),
                .init(
                    "amountMicroUsdc", .amount(.moving), "Millionths of a USDC.",
                    example: "500000"),
                .init(
                    "reason", .text(.description), "Why, 1 to 500 characters.",
                    example: "Outage on 3 November"),
            ]))
        $0.problems = [.amountInvalid, .chargeUnknown, .chargeNotSettled, .refundExceedsCharge]
    }

    static let findDescription = RouteDescription(
        "GET", "/v1/refunds/{refundId}", "getRefund", .charges,
        "One refund", "How a refund stands, as far as the chain has been read.",
        answers: [.json(200, ChargeSchemas.refund, "The refund.")]
    ).with {
        $0.credential = .service(.refunds)
        $0.parameters = [RouteParameter(.path, "refundId", .uuid, "The refund's id.")]
        $0.problems = [.refundUnknown]
    }
}
