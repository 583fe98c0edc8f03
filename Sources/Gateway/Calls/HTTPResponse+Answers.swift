import ByteCodecs
import HTTPTransport

extension HTTPResponse {
    /// Answers of the API may hold what is one customer's business: nobody keeps them.
    static func json(
        _ status: Int, _ value: JSONValue, headers: HTTPFields = []
    ) -> HTTPResponse {
        .json(status, bytes: value.serialized(), headers: headers)
    }

    static func json(
        _ status: Int, bytes: [UInt8], headers: HTTPFields = []
    ) -> HTTPResponse {
        HTTPResponse(status: status, headers: AnswerFields.json + headers, body: bytes)
    }

    static func noContent(headers: HTTPFields = []) -> HTTPResponse {
        HTTPResponse(status: 204, headers: AnswerFields.noStore + headers)
    }

    /// A page without scripts or anything from elsewhere.
    static func page(_ status: Int, _ bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(status: status, headers: AnswerFields.page, body: bytes)
    }

    static func text(_ bytes: [UInt8], mediaType: String) -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: [("Content-Type", mediaType)] + AnswerFields.noStore, body: bytes)
    }
}

/// Fields that never change, made once.
private enum AnswerFields {
    static let noStore: HTTPFields = [("Cache-Control", "no-store")]
    static let json: HTTPFields = [
        ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
    ]
    static let page: HTTPFields = [
        ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                + "form-action 'none'; frame-ancestors 'none'"
        ),
        ("Referrer-Policy", "no-referrer"), ("Vary", "Accept"),
    ]
}
