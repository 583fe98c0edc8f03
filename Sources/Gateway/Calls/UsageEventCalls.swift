import Authentication
import ByteCodecs
import Determinism
import HTTPTransport
import Identifiers
import Intake

/// `/v1/ingest`: use that edges tell of themselves.
struct UsageEventCalls: Sendable {
    let events: any UsageEventService

    var routes: [Route] { [Route(Self.description, .service(ingest))] }

    @Sendable private func ingest(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        let sender = EventSender(
            keyID: service.keyID, name: service.name, edge: service.edge ?? service.name)
        guard call.text("edge") == sender.edge else {
            throw Problem(
                .edgeMismatch, "The key tells of the edge \(sender.edge) only.",
                members: ["edge": .string(sender.edge)])
        }
        guard case .array(let sent)? = call.body["events"] else {
            throw Problem(.internalError, "The route does not say what it needs.")
        }
        let outcome: EventOutcome
        do {
            outcome = try await events.take(sent.compactMap(SentEvent.init), from: sender)
        } catch {
            throw .storageUnavailable
        }
        return .json(200, Self.body(outcome))
    }

    private static func body(_ outcome: EventOutcome) -> JSONValue {
        [
            "accepted": .integer(Int64(outcome.accepted)),
            "duplicates": .integer(Int64(outcome.duplicates)),
            "rejected": .array(
                outcome.rejected.map {
                    ["id": .string($0.id), "code": .string($0.reason.rawValue)]
                }),
        ]
    }
}

extension SentEvent {
    /// - Returns: nil for what the route's schema does not let through.
    fileprivate init?(_ value: JSONValue) {
        guard case .object(let members) = value, case .string(let id)? = members["id"] else {
            return nil
        }
        self.init(id: id, event: UsageEvent(members))
    }
}

extension UsageEvent {
    fileprivate init?(_ members: JSONObject) {
        func text(_ name: String) -> String? {
            guard case .string(let text)? = members[name] else { return nil }
            return text
        }
        func number(_ name: String) -> Int64? {
            guard case .integer(let number)? = members[name] else { return nil }
            return number
        }
        guard let time = text("timestamp").flatMap({ Timestamp(rfc3339: $0) }),
            let customer = number("customerId").flatMap(CustomerID.init),
            let service = text("serviceType"), let method = text("method"),
            let status = number("statusCode"), let bytesIn = number("bytesIn"),
            let bytesOut = number("bytesOut"), let duration = number("durationMs")
        else { return nil }
        self.init(
            time: time, customer: customer, service: service, method: method, status: status,
            bytesIn: bytesIn, bytesOut: bytesOut, durationMilliseconds: duration)
    }
}
