import Authentication
import ByteCodecs
import Determinism
import Escrow
import HTTPTransport
import Idempotency
import Identifiers

/// `/v1/charges`: what services of the operator charge customers.
struct ChargeCalls: Sendable {
    let charges: any ChargeService
    let now: @Sendable () -> Timestamp

    var routes: [Route] {
        [
            Route(Self.createDescription, .service(create)),
            Route(Self.findDescription, .service(find)),
            Route(Self.listDescription, .service(list)),
        ]
    }

    @Sendable private func create(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        guard let key = call.idempotencyKey, let number = call.integer("customerId"),
            let customer = CustomerID(number)
        else { throw Problem(.internalError, "The route does not say what it needs.") }
        let new = NewCharge(
            customer: customer, amount: try call.amount("amountMicroUsdc"),
            description: call.text("description"), invoice: call.text("invoiceId"), key: key)
        let planned: Planned
        do {
            planned = try await charges.plan(new) { $0.details.map { KeptAnswer(answer($0)) } }
        } catch {
            throw Problem(error, cost: new.amount)
        }
        if let kept = planned.answer { return HTTPResponse(kept) }
        if let details = planned.details { return answer(details) }
        return answer(try await details(planned.id))
    }

    @Sendable private func find(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        guard let id = call.textParameter("chargeId").flatMap(ChargeID.init) else {
            throw Problem(ChargeError.chargeUnknown)
        }
        return .json(200, JSONValue(charge: try await details(id), at: now()))
    }

    @Sendable private func list(
        _ call: Call, _ service: ServiceCaller
    ) async throws(Problem) -> HTTPResponse {
        let limit = Int(call.integerParameter("limit") ?? 50)
        let cursor = call.textParameter("cursor").flatMap { ListCursor($0) }
        let filter = ChargeFilter(
            state: call.textParameter("state").flatMap(Charge.State.Name.init),
            customer: call.integerParameter("customerId").flatMap { CustomerID($0) })
        let found: [ChargeDetails]
        do {
            found = try await charges.list(
                filter, before: cursor.map { ChargeID($0.id) }, limit: limit + 1)
        } catch {
            throw Problem(error)
        }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map(ListCursor.init) : nil
        let moment = now()
        let items = page.map { JSONValue(charge: $0, at: moment) }
        return .json(200, ["items": .array(items), "nextCursor": .optional(next?.text)])
    }

    private func details(_ id: ChargeID) async throws(Problem) -> ChargeDetails {
        do {
            return try await charges.details(id, .charge)
        } catch {
            throw Problem(error)
        }
    }

    private func answer(_ details: ChargeDetails) -> HTTPResponse {
        .json(202, JSONValue(charge: details, at: now()))
    }
}
