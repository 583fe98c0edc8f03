import ByteCodecs
import HTTPTransport
import Observability
import Synchronization

/// `/health`, `/ready` and `/metrics` of an intake, for its own machine.
final class IntakeResponder: HTTPResponder {
    private let parts: IntakeParts
    private let isDraining = Atomic(false)

    init(_ parts: IntakeParts) { self.parts = parts }

    /// From now on `/ready` says no; there is no way back.
    func beginDraining() { isDraining.store(true, ordering: .relaxed) }

    func admit(_ head: HTTPRequest) -> HTTPAdmission {
        guard ["/health", "/ready", "/metrics"].contains(head.path) else {
            return .refuse(Self.plain(404, "There is no such page here.\n"))
        }
        guard ["GET", "HEAD"].contains(head.method) else {
            var response = Self.plain(405, "GET and HEAD only.\n")
            response.headers = response.headers + [("Allow", "GET, HEAD")]
            return .refuse(response)
        }
        return .accept(bodyLimit: 0)
    }

    func respond(to request: HTTPRequest) -> HTTPReply {
        switch request.path {
        case "/health": .now(Self.plain(200, "ok\n"))
        case "/metrics":
            .now(
                Self.answer(
                    200, "text/plain; version=0.0.4; charset=utf-8",
                    Array(parts.metrics.text().utf8)))
        default: .now(readiness)
        }
    }

    func refusal(_ reason: TransportRefusal, of head: HTTPRequest) -> HTTPResponse {
        Self.plain(reason.status, "The request cannot be answered.\n")
    }

    private var readiness: HTTPResponse {
        let isDraining = isDraining.load(ordering: .relaxed)
        let troubles = isDraining ? ["this instance is about to stop"] : parts.troubles
        let isReady = !isDraining && parts.takesLines
        let status = isReady ? (troubles.isEmpty ? "ok" : "degraded") : "unavailable"
        let body: JSONValue = [
            "status": .string(status), "reasons": .array(troubles.map { .string($0) }),
        ]
        return Self.answer(isReady ? 200 : 503, "application/json", body.serialized())
    }

    private static func plain(_ status: Int, _ text: String) -> HTTPResponse {
        answer(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    private static func answer(_ status: Int, _ type: String, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", type), ("Cache-Control", "no-store")],
            body: body)
    }
}
