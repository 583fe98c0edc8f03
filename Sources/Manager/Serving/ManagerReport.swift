import ByteCodecs
import HTTPTransport
public import Observability

/// What `GET /ready` of a manager says: the worst of all checks, and each of them.
public struct ManagerReport: Sendable {
    public let checks: [(name: String, state: CheckState)]
    public let isLeading: Bool

    public init(checks: [(name: String, state: CheckState)], isLeading: Bool) {
        self.checks = checks
        self.isLeading = isLeading
    }

    var status: String {
        let names = checks.map(\.state.name)
        return ["unavailable", "degraded"].first(where: names.contains) ?? "ok"
    }

    /// 503 only where it can do nothing; trouble it can live with is 200.
    var response: HTTPResponse {
        let reasons = checks.compactMap { check in
            check.state.reason.map { (check.name, JSONValue.string($0)) }
        }
        let body: JSONValue = [
            "status": .string(status),
            "role": .string(isLeading ? "leading" : "standby"),
            "checks": .object(JSONObject(checks.map { ($0.name, .string($0.state.name)) })),
            "reasons": .object(JSONObject(reasons)),
        ]
        return HTTPResponse(
            status: status == "unavailable" ? 503 : 200,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: body.serialized())
    }
}
