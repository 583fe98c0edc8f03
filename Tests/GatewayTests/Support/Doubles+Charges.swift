import Authentication
import Escrow
import Idempotency
import Identifiers
import Synchronization

@testable import Gateway

extension Doubles: ServiceCallService {
    func authenticate(
        _ call: ServiceCall, for scope: ServiceScope, caller: CallerContext
    ) async throws(ServiceCallRefusal) -> ServiceCaller {
        note("authenticate \(scope.rawValue)")
        state.withLock { $0.serviceCalls.append(call) }
        guard let known = state.withLock({ $0.services[call.keyID ?? ""] }) else {
            throw .keyUnknown
        }
        return try known.get()
    }
}

extension Doubles: ChargeService {
    func plan(
        _ new: NewCharge, answer: @Sendable (Planned) -> KeptAnswer?
    ) async throws(ChargeError) -> Planned {
        state.withLock { $0.newCharges.append(new) }
        return try planned(answer)
    }

    func plan(
        _ new: NewRefund, answer: @Sendable (Planned) -> KeptAnswer?
    ) async throws(ChargeError) -> Planned {
        state.withLock { $0.newRefunds.append(new) }
        return try planned(answer)
    }

    private func planned(
        _ answer: (Planned) -> KeptAnswer?
    ) throws(ChargeError) -> Planned {
        let planned = try state.withLock { $0.plan }.get()
        if let kept = answer(planned) { state.withLock { $0.keptAnswers.append(kept) } }
        return planned
    }

    func details(
        _ id: ChargeID, _ kind: Charge.Kind
    ) async throws(ChargeError) -> ChargeDetails {
        let found = state.withLock { $0.charges.first { $0.id == id && $0.kind == kind } }
        guard let found else { throw .chargeUnknown }
        return found
    }

    func list(
        _ filter: ChargeFilter, before: ChargeID?, limit: Int
    ) async throws(ChargeError) -> [ChargeDetails] {
        note("list \(filter.state?.rawValue ?? "-") \(filter.customer?.number ?? 0) \(limit)")
        let behind = state.withLock { $0.charges }.filter { before.map($0.id.isBefore) ?? true }
        return Array(behind.prefix(limit))
    }
}

extension ChargeID {
    fileprivate func isBefore(_ other: ChargeID) -> Bool { self < other }
}
