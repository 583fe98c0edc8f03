import Authentication
import ByteCodecs
import Determinism
import Escrow
import HTTPTransport
import Idempotency
import Identifiers

/// `/v1/refunds`: giving back of what was charged.
struct RefundCalls: Sendable {
    let charges: any ChargeService
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route(Self.createDescription, .service(create)),
            Route(Self.findDescription, .service(find)),
        ]
    }

    @Sendable private func create(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        guard let key = call.idempotencyKey, let id = call.text("chargeId").flatMap(ChargeID.init)
        else { throw Problem(.internalError, "The route does not say what it needs.") }
        let new = NewRefund(
            charge: id, amount: try call.amount("amountMicroUsdc"), reason: call.text("reason"),
            key: key)
        let planned: Planned
        do {
            planned = try await charges.plan(new) { $0.details.map { KeptAnswer(answer($0)) } }
        } catch {
            throw Problem(error)
        }
        if let kept = planned.answer { return HTTPResponse(kept) }
        if let details = planned.details { return answer(details) }
        return answer(try await details(planned.id))
    }

    @Sendable private func find(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        guard let id = call.textParameter("refundId").flatMap(ChargeID.init) else {
            throw Problem(.refundUnknown, "No refund has this id.")
        }
        return .json(200, JSONValue(refund: try await details(id), at: now()))
    }

    private func details(_ id: ChargeID) async throws(Problem) -> ChargeDetails {
        do throws(ChargeError) {
            return try await charges.details(id, .refund)
        } catch .chargeUnknown {
            throw Problem(.refundUnknown, "No refund has this id.")
        } catch {
            throw Problem(error)
        }
    }

    private func answer(_ details: ChargeDetails) -> HTTPResponse {
        .json(202, JSONValue(refund: details, at: now()))
    }
}
