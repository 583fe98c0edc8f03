import ByteCodecs
import HTTPTransport
import Observability

/// What `GET /ready` says: the worst of all checks, and each of them.
struct ReadinessReport: Equatable, Sendable {
    var states: [String: CheckState]

    var status: String {
        if states.values.contains(where: { $0.name == "unavailable" }) { return "unavailable" }
        return states.values.contains { $0.name == "degraded" } ? "degraded" : "ok"
    }

    /// 503 only where requests must go elsewhere; trouble they can live with is 200.
    var response: HTTPResponse {
        let sorted = states.sorted { $0.key < $1.key }
        let reasons = sorted.compactMap { name, state in
            state.reason.map { (name, JSONValue.string($0)) }
        }
        let body: JSONValue = [
            "status": .string(status),
            "checks": .object(JSONObject(sorted.map { ($0.key, .string($0.value.name)) })),
            "reasons": .object(JSONObject(reasons)),
        ]
        guard status == "unavailable" else { return .json(200, body) }
        return .json(
            503, body, headers: [("Retry-After", String(Problem.unavailableRetrySeconds))])
    }

    static let draining = ReadinessReport(
        states: ["gateway": .unavailable("This instance is about to stop.")])
}
