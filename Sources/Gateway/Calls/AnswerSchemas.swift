import Authentication
import ByteCodecs
import Identifiers

/// The shapes of answers, next to the code that fills them in ``AnswerBodies``.
enum AnswerSchemas {
    static let customer = Schema.named(
        "Customer",
        .object([
            .init("customerId", .integer(1...4_294_967_295), "The customer's number.", example: 42),
            .init("walletAddress", canonicalAddress, "The wallet, 0x and 64 digits."),
            .init("status", .choice(["active", "closed"]), "Closed accounts cannot sign in."),
            .init("displayName", .nullable(.text(.displayName)), "What the customer is called."),
            .init(
                "escrowAccountId", .nullable(.freeText),
                "The escrow account on chain; null before there is one."),
            .init("createdAt", .time, "When the customer first signed in."),
        ]))

    static let session = Schema.named(
        "Session",
        .object([
            .init("id", .uuid, "The session's id."),
            .init("createdAt", .time, "When the sign-in was."),
            .init("lastUsedAt", .time, "When its tokens were last renewed."),
            .init("expiresAt", .time, "When it ends in any case."),
            .init("ip", .nullable(.freeText), "From where it was last used."),
            .init("userAgent", .nullable(.freeText), "What the browser called itself."),
            .init("current", .flag, "Whether this request belongs to it."),
        ]))

    static let sessionList = Schema.named(
        "SessionList",
        .object([
            .init("items", .list(session, atMost: 200), "Newest first."),
            .init(
                "nextCursor", .nullable(.text(.cursor)),
                "The `cursor` of the next page; null on the last."),
        ]))

    static let signedIn = Schema.named(
        "SignedIn",
        .object([
            .init("accessToken", .freeText, "A JWT for `Authorization: Bearer`."),
            .init("tokenType", .choice(["Bearer"]), "Always `Bearer`."),
            .init("expiresIn", .integer(1...3600), "Seconds the access token lives.", example: 900),
            .init(
                "refreshToken", .text(.token), required: false,
                "For clients without cookies only; with cookies it is in the refresh cookie."),
            .init("session", session, "The session that began or goes on."),
            .init("customer", customer, "Who signed in."),
        ]))

    static let challenge = Schema.named(
        "Challenge",
        .object([
            .init("nonce", .text(.nonce), "Names the challenge; good for one try."),
            .init(
                "message", .freeText, required: false,
                "The text to sign, when the request had an address. These bytes only."),
            .init(
                "messageTemplate", .freeText, required: false,
                "The text with one `{address}`, when the request had no address: put in the "
                    + "wallet's canonical address."),
            .init("issuedAt", .time, "The text's own time."),
            .init("expiresAt", .time, "Until when it can be signed."),
        ]))

    static let claims = Schema.named(
        "AccessClaims",
        .object([
            .init("sessionId", .uuid, "The session of the token."),
            .init("customerId", .integer(1...4_294_967_295), "The customer's number."),
            .init("walletAddress", canonicalAddress, "The wallet, 0x and 64 digits."),
            .init("chain", .freeText, "The network signed in on.", example: "sui:mainnet"),
            .init("issuedAt", .time, "When the token was made."),
            .init("expiresAt", .time, "When the token expires."),
            .init("tokenId", .freeText, "The token's `jti`."),
        ]))

    static let keySet = Schema.named(
        "KeySet",
        .object([.init("keys", .list(.map(.freeText), atMost: 100), "RFC 7517, section 5.")]))

    static let health = Schema.named(
        "Health", .object([.init("status", .choice(["ok"]), "The process is alive.")]))

    static let readiness = Schema.named(
        "Readiness",
        .object([
            .init(
                "status", .choice(["ok", "degraded", "unavailable"]), "The worst of all checks."),
            .init(
                "checks", .map(.choice(["ok", "degraded", "unavailable", "absent"])),
                "Each check; `absent` is not configured."),
            .init("reasons", .map(.freeText), "Why a check is not `ok`."),
        ]))

    private static let canonicalAddress = Schema.text(
        TextShape(prefix: "0x", alphabet: .lowerHexadecimal, length: 64...64))
}
