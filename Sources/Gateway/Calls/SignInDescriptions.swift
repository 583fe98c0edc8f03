import ByteCodecs

extension SignInCalls {
    static let challengeTokenHeader = "X-Challenge-Token"

    static func challengeDescription(chain: String) -> RouteDescription {
        RouteDescription(
            "POST", "/v1/auth/challenge", "createChallenge", .signIn,
            "Ask for a text to sign",
            """
            Gives a text that names this site, the wallet and a nonce, and remembers it for five \
            minutes. The wallet signs exactly these bytes as a personal message. The cookie in the \
            answer ties the text to this browser; a client without cookies reads its value there \
            and sends it as X-Challenge-Token. An Idempotency-Key is \
            ignored: answers with secrets are never kept.
            """,
            answers: [
                .json(
                    201, AnswerSchemas.challenge, "The text.",
                    headers: [.setCookie])
            ]
        ).with {
            $0.limit = .challenge
            $0.body = .optional(
                .object([
                    .init(
                        "address", .text(.address), required: false,
                        "The wallet. Without it the answer has a template.", example: "0x2"),
                    .init(
                        "chain", .text(.chain(served: chain)), required: false,
                        "The network the wallet is on; it must be ours."),
                ]))
            $0.problems = [.originRefused, .chainUnsupported, .storageUnavailable]
        }
    }

    static let verifyDescription = RouteDescription(
        "POST", "/v1/auth/verify", "verifySignature", .signIn,
        "Sign in with the signed text",
        """
        Uses up the challenge, whatever the outcome, then checks the signature: Ed25519, \
        secp256k1, secp256r1, multisig, passkey or zkLogin. A first sign-in makes the customer. \
        The answer sets the access and refresh cookies; a client that came with X-Challenge-Token \
        instead of the challenge cookie finds the refresh token in the body. An Idempotency-Key is \
        ignored: answers with secrets are never kept.
        """,
        answers: [
            .json(
                200, AnswerSchemas.signedIn, "Signed in.",
                headers: [.setCookie])
        ]
    ).with {
        $0.credential = .challengeToken
        $0.limit = .verify
        $0.parameters = [
            RouteParameter(
                .header, challengeTokenHeader, .text(.token),
                "The challenge cookie's value, for clients without cookies.")
        ]
        $0.body = .required(
            .object([
                .init("nonce", .text(.nonce), "The challenge's nonce."),
                .init(
                    "signature", .text(.signature),
                    "What the wallet gave: Base64 of flag, signature and public key."),
                .init(
                    "address", .text(.address), required: false,
                    "The wallet. Without it, the one that the signature is of.", example: "0x2"),
            ]))
        $0.problems = [
            .signatureMalformed, .challengeExpired, .signatureInvalid, .customerClosed,
            .storageUnavailable, .verifierUnavailable,
        ]
    }
}
