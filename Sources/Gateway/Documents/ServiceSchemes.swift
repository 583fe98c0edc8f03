import ByteCodecs

/// How services sign their calls, for the documents.
enum ServiceSchemes {
    /// Each of them is needed.
    static let all: [(String, JSONValue)] = [
        (
            "serviceKey",
            [
                "type": "http", "scheme": "bearer",
                "description":
                    "The id of a service's key; it proves nothing without the signature.",
            ]
        ),
        ("serviceTimestamp", header(ServiceHeaders.timestamp, "Unix milliseconds.")),
        (
            "serviceNonce",
            header(ServiceHeaders.nonce, "16 to 64 letters and digits, never used before.")
        ),
        (
            "serviceSignature",
            header(
                ServiceHeaders.signature,
                "Lower-case hex of HMAC-SHA-256 under the key's secret. \(explanation)")
        ),
    ]

    static let names = all.map(\.0)

    static let explanation = """
        A service signs, with HMAC-SHA-256 under its key's secret, eight lines with a line feed \
        between them and none at the end: the key's id, the method, the request target exactly as \
        sent, the Host header, the timestamp, the nonce, the Idempotency-Key or nothing, and the \
        lower-case hex SHA-256 of the body.
        """

    static let signedLines = """
        svc_0123456789abcdef0123
        POST
        /v1/charges
        api.example
        1800000000000
        4fQ2mJ8sXb6Zt1Lw
        invoice-2026-11
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        """

    private static func header(_ name: String, _ description: String) -> JSONValue {
        [
            "type": "apiKey", "in": "header", "name": .string(name),
            "description": .string(description),
        ]
    }
}
