import ByteCodecs
import Escrow

/// The shapes of charges and refunds, next to the code that fills them in ``ChargeBodies``.
enum ChargeSchemas {
    static let charge = Schema.named(
        "Charge",
        .object(
            [
                .init("chargeId", .uuid, "The charge's id."), state(Charge.State.Name.allCases),
                customer, account, amount,
                .init("description", .nullable(.freeText), "What it is for."),
                .init("invoiceId", .nullable(.freeText), "The obligation, if one was named."),
            ] + common(idName: "chargeId") + [
                .init(
                    "declineReason",
                    .nullable(.choice(Charge.DeclineCause.allCases.map(\.code))),
                    "Why the contract took no money; null unless `declined`.")
            ]))

    static let refund = Schema.named(
        "Refund",
        .object(
            [
                .init("refundId", .uuid, "The refund's id."),
                state(Charge.State.Name.allCases.filter { $0 != .declined }),
                .init("chargeId", .nullable(.uuid), "The charge that is given back of."),
                customer, account, amount,
                .init("reason", .nullable(.freeText), "Why it was made."),
            ] + common(idName: "refundId")))

    static let chargeList = Schema.named(
        "ChargeList",
        .object([
            .init("items", .list(charge, atMost: 200), "Newest first."),
            .init(
                "nextCursor", .nullable(.text(.cursor)),
                "The `cursor` of the next page; null on the last."),
        ]))

    private static func state(_ states: [Charge.State.Name]) -> Schema.Field {
        .init(
            "state", .choice(states.map(\.rawValue)),
            "planned, then signed, then an end. Silence of the network never ends one.")
    }

    private static let customer = Schema.Field(
        "customerId", .nullable(.integer(1...4_294_967_295)),
        "Whose account it is; null for somebody who never signed in.")
    private static let account = Schema.Field(
        "accountId", .text(.objectID), "The escrow account on chain.")
    private static let amount = Schema.Field(
        "amountMicroUsdc", .amount(.moving), "Millionths of a USDC.", example: "1500000")

    private static func common(idName: String) -> [Schema.Field] {
        [
            .init("service", .nullable(.freeText), "The service that asked for it."),
            .init("overdue", .flag, "Signed, and its outcome is late; that decides nothing."),
            .init(
                "seq", .nullable(.integer(1...Int64.max)),
                "The account's number for this operation."),
            .init(
                "digest", .nullable(.text(.digest)),
                "The transaction that decided it, or is to decide it."),
            .init(
                "checkpoint", .nullable(.integer(0...Int64.max)),
                "Where it was decided; null before that."),
            .init("attempts", .integer(0...Int64.max), "How often it was signed."),
            .init("lastError", .nullable(.freeText), "What last went wrong on the way."),
            .init(
                "abandonReason",
                .nullable(.choice(Charge.AbandonCause.Name.allCases.map(\.rawValue))),
                "Why nothing will happen any more; null unless `abandoned`."),
            .init("supersededBy", .nullable(superseding(idName)), supersededMeaning),
            .init("plannedAt", .time, "When it was asked for."),
            .init("signedAt", .nullable(.time), "When it was first signed."),
            .init("endedAt", .nullable(.time), "When its end was booked."),
        ]
    }

    private static let supersededMeaning = """
        What settled the same obligation in place of this abandoned one: then the money did move. \
        Null where nothing has.
        """

    private static func superseding(_ idName: String) -> Schema {
        .object([
            .init(idName, .uuid, "Its id."),
            .init(
                "state", .choice([Charge.State.Name.settled.rawValue]), "It has the obligation."),
            .init("digest", .text(.digest), "The transaction that decided it."),
        ])
    }
}
