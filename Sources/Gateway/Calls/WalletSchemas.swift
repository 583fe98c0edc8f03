import ByteCodecs
import Escrow

/// The shapes of the wallet's answers, next to the code that fills them in ``WalletBodies``.
enum WalletSchemas {
    static let balance = Schema.named(
        "WalletBalance",
        .object([
            .init(
                "accountId", .nullable(.text(.objectID)),
                "The escrow account on chain; null before one was opened."),
            .init("balanceMicroUsdc", .amount(.any), "What is in it.", example: "25000000"),
            .init(
                "reservedMicroUsdc", .amount(.any), "Held for charges without outcome."),
            .init(
                "availableMicroUsdc", .amount(.any),
                "What is neither reserved nor owed for use and invoices so far."),
            .init(
                "spendingLimitMicroUsdc", .amount(.any), "For each period; 0 is no limit."),
            .init("periodChargedMicroUsdc", .amount(.any), "Charged in this period."),
            .init("periodStart", .nullable(.time), "When the period of 28 days began."),
            .init("periodEnd", .nullable(.time), "When it ends."),
            .init(
                "checkpoint", .nullable(.integer(0...Int64.max)),
                "How far the chain has been read."),
            .init("syncedAt", .nullable(.time), "When it was read so far."),
        ]))

    static let unsigned = Schema.named(
        "UnsignedTransaction",
        .object([
            .init("digest", .text(.digest), "Names it, before and after it has run."),
            .init("txBytes", .freeText, "Base64 of the transaction's BCS, for the wallet."),
            .init("kind", kind, "What was asked for."),
            .init(
                "expiresAtEpoch", .integer(0...Int64.max), "The last epoch in which it can run."),
            .init("summary", .freeText, "What it does, for the person who signs."),
        ]))

    static let standing = Schema.named(
        "TransactionState",
        .object([
            .init("digest", .text(.digest), "Names the transaction."), state,
        ]))

    static let movement = Schema.named(
        "Movement",
        .object([
            .init("digest", .text(.digest), "The transaction."),
            .init(
                "kind", .choice(WalletMovement.Kind.allCases.map(\.rawValue)),
                "What it did; `other` where that is not known yet."),
            .init(
                "amountMicroUsdc", .nullable(.amount(.any)),
                "What moved; of `set_spending_limit` the new limit; of `open` the limit or the "
                    + "first payment."),
            .init("accountId", .nullable(.text(.objectID)), "The escrow account."),
            .init(
                "balanceAfterMicroUsdc", .nullable(.amount(.any)), "What was in it afterwards."),
            .init(
                "checkpoint", .nullable(.integer(0...Int64.max)), "Null until it is confirmed."),
            state, .init("at", .time, "When it was, or was handed out."),
        ]))

    static let movementList = Schema.named(
        "MovementList",
        .object([
            .init("items", .list(movement, atMost: 200), "Newest first."),
            .init(
                "nextCursor", .nullable(.text(.cursor)),
                "The `cursor` of the next page; null on the last."),
        ]))

    static let transaction = Schema.named(
        "WalletTransaction",
        .object([
            .init("digest", .text(.digest), "Names the transaction."), state,
            .init("kind", .nullable(kind), "Null where it was not built here."),
            .init("amountMicroUsdc", .nullable(.amount(.any)), "What was to move."),
            .init("spendingLimitMicroUsdc", .nullable(.amount(.any)), "The limit to be set."),
            .init(
                "expiresAtEpoch", .nullable(.integer(0...Int64.max)),
                "The last epoch in which it can run."),
            .init("summary", .nullable(.freeText), "What it does."),
            .init("lastError", .nullable(.freeText), "What a node said against it."),
            .init("createdAt", .nullable(.time), "When it was handed out or named."),
            .init("submittedAt", .nullable(.time), "When it was first sent or named."),
            .init(
                "movements", .list(movement, atMost: 2048), "What it did to accounts of yours."),
        ]))

    static let kind = Schema.choice(WalletRequest.Kind.allCases.map(\.rawValue))

    private static let state = Schema.Field(
        "state", .choice(WalletTransaction.State.allCases.map(\.rawValue)),
        "`confirmed` once it was read in a checkpoint. Silence of the network ends nothing: "
            + "`submitted` stays until the outcome is known or the last epoch is over.")
}
