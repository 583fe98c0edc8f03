import ByteCodecs
import HTTPTransport

/// A refusal on its way to the client (RFC 9457). Carries facts; never SQL, a stack or a secret.
struct Problem: Error, Equatable, Sendable {
    static let mediaType = "application/problem+json"

    var code: ProblemCode
    /// What is special about this occurrence, in a sentence.
    var detail: String
    /// Facts beside the members that RFC 9457 names.
    var members: JSONObject = [:]
    /// How long to wait before another try; for 429 and 503.
    var retryAfterSeconds: Int64?
    /// Methods the path does take; for 405.
    var allowedMethods: String?

    init(_ code: ProblemCode, _ detail: String, members: JSONObject = [:]) {
        self.code = code
        self.detail = detail
        self.members = members
        if code.status == 503 { retryAfterSeconds = Self.unavailableRetrySeconds }
    }

    /// Long enough for a database to fail over or a pool to breathe, short enough for a person.
    static let unavailableRetrySeconds: Int64 = 2

    /// - Parameter requestID: becomes `instance`, by which the log lines are found.
    func response(requestID: String) -> HTTPResponse {
        HTTPResponse(
            status: code.status, headers: headers, body: document(requestID).serialized())
    }

    private func document(_ requestID: String) -> JSONValue {
        var object: JSONObject = [
            "type": .string(code.path), "title": .string(code.explanation.title),
            "status": .integer(Int64(code.status)), "detail": .string(detail),
            "instance": .string(requestID), "code": .string(code.rawValue),
        ]
        for member in members.members where object[member.name] == nil {
            object[member.name] = member.value
        }
        return .object(object)
    }

    private var headers: HTTPFields {
        var headers: HTTPFields = [
            ("Content-Type", Self.mediaType), ("Cache-Control", "no-store"),
        ]
        if code.status == 401 { headers.append("WWW-Authenticate", authenticateField) }
        if let retryAfterSeconds { headers.append("Retry-After", String(retryAfterSeconds)) }
        if let allowedMethods { headers.append("Allow", allowedMethods) }
        return headers
    }

    /// RFC 6750, section 3: `error` only when a credential came and was refused.
    private var authenticateField: String {
        switch code {
        case .tokenInvalid, .tokenExpired, .sessionEnded, .refreshReused:
            #"Bearer realm="sluice", error="invalid_token", error_description="\#(code.rawValue)""#
        default: #"Bearer realm="sluice""#
        }
    }
}
