import ByteCodecs

extension WalletCalls {
    static let balanceDescription = RouteDescription(
        "GET", "/v1/wallet/balance", "getBalance", .wallet,
        "What is in escrow",
        """
        The escrow account as far as the chain has been read. What is reserved is our own promise \
        to charges without outcome; on chain it can be withdrawn like the rest.
        """,
        answers: [
            .json(200, WalletSchemas.balance, "The balance; zero before there is an account.")
        ]
    ).with {
        $0.credential = .accessToken
        $0.problems = [.escrowNotConfigured, .storageUnavailable]
    }

    static let buildDescription = RouteDescription(
        "POST", "/v1/wallet/transactions", "createWalletTransaction", .wallet,
        "Have a transaction built",
        """
        Gives an unsigned transaction for the customer's wallet. USDC is taken out of as many \
        coins as it needs and out of the address balance, gas is found out by a trial. `open` \
        needs both amounts, `deposit` and `withdraw` the amount, `set_spending_limit` the limit, \
        of which 0 is none. Nothing happens before the wallet signs. Where the amount lies in more \
        coins than one transaction takes, the problem says how much can be paid in at once. With \
        an Idempotency-Key that was used more than 30 days ago what it made has expired.
        """,
        answers: [.json(201, WalletSchemas.unsigned, "To be signed.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.body = .required(
            .variants(
                by: "kind",
                [
                    .init(value: "open", fields: [amount(.any), spendingLimit]),
                    .init(value: "deposit", fields: [amount(.moving)]),
                    .init(value: "withdraw", fields: [amount(.moving)]),
                    .init(value: "set_spending_limit", fields: [spendingLimit]),
                ]))
        $0.problems = [
            .amountInvalid, .escrowAccountMissing, .escrowAccountExists, .gasInsufficient,
            .fundsInsufficient, .fundsScattered, .withdrawalExceedsBalance, .transactionFails,
            .nodeUnavailable,
            .escrowNotConfigured,
        ]
    }

    private static func amount(_ shape: AmountShape) -> Schema.Field {
        .init("amountMicroUsdc", .amount(shape), "Millionths of a USDC.", example: "25000000")
    }

    private static let spendingLimit = Schema.Field(
        "spendingLimitMicroUsdc", .amount(.any), "For each period of 28 days; 0 is no limit.",
        example: "100000000")

    static let submitDescription = RouteDescription(
        "POST", "/v1/wallet/transactions/{digest}/submit", "submitWalletTransaction", .wallet,
        "Send a signed transaction",
        """
        Sends what was handed out, signed by the customer's own wallet with any of Sui's schemes. \
        The bytes must be those that were handed out. Where no node answers it is 202 all the \
        same: sent again, or looked at, the same bytes go out once more; under an \
        Idempotency-Key the first answer is repeated and nothing is sent. Of several openings one \
        is sent.
        """,
        answers: [.json(202, WalletSchemas.standing, "It was sent.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.parameters = [digest]
        $0.body = .required(
            .object([
                .init(
                    "signature", .text(.signature),
                    "What the wallet gave: Base64 of flag, signature and public key."),
                .init("txBytes", .text(.transaction), "The bytes, as they were handed out."),
            ]))
        $0.problems = [
            .signatureMalformed, .signatureInvalid, .transactionUnknown, .transactionAltered,
            .transactionExpired, .escrowAccountExists, .verifierUnavailable, .escrowNotConfigured,
        ]
    }

    static let watchDescription = RouteDescription(
        "POST", "/v1/wallet/transactions/{digest}/watch", "watchWalletTransaction", .wallet,
        "Name a transaction that the wallet sent",
        """
        For a wallet that submits by itself. It is looked for, and shows in the list; what it did \
        is believed from checkpoints alone.
        """,
        answers: [.json(202, WalletSchemas.standing, "It is looked for.")]
    ).with {
        $0.credential = .accessToken
        $0.idempotencyKey = .optional
        $0.parameters = [digest]
        $0.problems = [.transactionUnknown, .escrowNotConfigured]
    }

    static let listDescription = RouteDescription(
        "GET", "/v1/wallet/transactions", "listWalletTransactions", .wallet,
        "Movements of the account",
        "Everything that moved in accounts of this wallet, and what is on its way; newest first.",
        answers: [.json(200, WalletSchemas.movementList, "One page.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [.limit, .cursor]
        $0.problems = [.escrowNotConfigured]
    }

    static let findDescription = RouteDescription(
        "GET", "/v1/wallet/transactions/{digest}", "getWalletTransaction", .wallet,
        "One transaction",
        """
        How it stands, and what it did. While its outcome is not known a node is asked, and bytes \
        that no node knows are sent again.
        """,
        answers: [.json(200, WalletSchemas.transaction, "The transaction.")]
    ).with {
        $0.credential = .accessToken
        $0.parameters = [digest]
        $0.problems = [.transactionUnknown, .escrowNotConfigured]
    }

    private static let digest = RouteParameter(
        .path, "digest", .text(.digest), "The transaction's digest, Base58.")
}
