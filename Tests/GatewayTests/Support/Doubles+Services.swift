import Billing
import Gateway
import Idempotency
import Identifiers
import Services
import Synchronization

/// What customers' services and keys come to, as a test sets it.
final class ServiceDoubles: Sendable {
    struct State {
        var prices: Result<PriceVersion, SubscriptionError> = .failure(.noPrices)
        var standings: Result<[ServiceStanding], SubscriptionError> = .success([])
        var quote: Result<ServiceQuote, SubscriptionError> = .failure(.noPrices)
        var change: Result<KeyedOutcome<SubscriptionOutcome>, SubscriptionError> = .failure(
            .noPrices)
        var keys: [APIKeyDetails] = []
        var issued: Result<IssuedAPIKey, APIKeyError> = .failure(.unknown)
        var changed: Result<APIKeyDetails, APIKeyError> = .failure(.unknown)
        /// What is answered one after the other; the last one for ever.
        var edges: [[EdgeStanding]] = [[]]
        var kept: [KeptAnswer] = []
        var asked: [String] = []
    }

    let state = Mutex(State())

    var asked: [String] { state.withLock { $0.asked } }

    func set(_ change: (inout sending State) -> Void) { state.withLock { change(&$0) } }

    private func note(_ call: String) { state.withLock { $0.asked.append(call) } }
}

extension ServiceDoubles: SubscriptionService {
    func catalogue() async throws(SubscriptionError) -> PriceVersion {
        try state.withLock { $0.prices }.get()
    }

    func list(of customer: CustomerID) async throws(SubscriptionError) -> [ServiceStanding] {
        note("list \(customer)")
        return try state.withLock { $0.standings }.get()
    }

    func find(
        _ service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceStanding {
        note("find \(service) of \(customer)")
        let found = try state.withLock { $0.standings }.get()
        guard let first = found.first else { throw .storageUnavailable }
        return first
    }

    func quote(
        _ wanted: WantedConfiguration, for service: ServiceType, of customer: CustomerID
    ) async throws(SubscriptionError) -> ServiceQuote {
        note("quote \(service) \(wanted.tier) \(wanted.hasBurst) \(wanted.sealKeys ?? -1)")
        return try state.withLock { $0.quote }.get()
    }

    func configure(
        _ wanted: WantedConfiguration, for service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        note("configure \(service) \(wanted.tier) \(wanted.apiKeys ?? -1) of \(actor.customer)")
        return try change(under: request)
    }

    func enable(
        _ service: ServiceType, by actor: ActingCustomer,
        under request: KeyedRequest<SubscriptionOutcome>
    ) async throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        note("enable \(service) \(request.key.key) \(request.key.route)")
        return try change(under: request)
    }

    func disable(
        _ service: ServiceType, by actor: ActingCustomer
    ) async throws(SubscriptionError) -> ServiceStanding {
        note("disable \(service)")
        return try await find(service, of: actor.customer)
    }

    private func change(
        under request: KeyedRequest<SubscriptionOutcome>
    ) throws(SubscriptionError) -> KeyedOutcome<SubscriptionOutcome> {
        let outcome = try state.withLock { $0.change }.get()
        if case .done(let done) = outcome {
            let kept = request.answer(done)
            state.withLock { $0.kept.append(kept) }
        }
        return outcome
    }
}

extension ServiceDoubles: APIKeyService {
    func list(
        of customer: CustomerID, _ service: ServiceType, before: APIKeyID?, limit: Int
    ) async throws(APIKeyError) -> [APIKeyDetails] {
        note("keys \(service) of \(customer) \(limit)")
        let keys = state.withLock { $0.keys }
        guard let before else { return Array(keys.prefix(limit)) }
        return Array(keys.drop { $0.id != before }.dropFirst().prefix(limit))
    }

    func create(
        for service: ServiceType, name: String?, by actor: ActingCustomer,
        under key: IdempotencyKey?
    ) async throws(APIKeyError) -> IssuedAPIKey {
        note("create \(service) \(name ?? "-") \(key?.key ?? "-") of \(actor.customer)")
        return try state.withLock { $0.issued }.get()
    }

    func rotate(
        _ id: APIKeyID, overlapSeconds: Int64, by actor: ActingCustomer,
        under key: IdempotencyKey?
    ) async throws(APIKeyError) -> IssuedAPIKey {
        note("rotate \(overlapSeconds) \(key?.key ?? "-")")
        return try state.withLock { $0.issued }.get()
    }

    func revoke(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails {
        note("revoke of \(actor.customer)")
        return try state.withLock { $0.changed }.get()
    }

    func enable(
        _ id: APIKeyID, by actor: ActingCustomer
    ) async throws(APIKeyError) -> APIKeyDetails {
        note("enable")
        return try state.withLock { $0.changed }.get()
    }

    func delete(_ id: APIKeyID, by actor: ActingCustomer) async throws(APIKeyError) {
        note("delete")
        _ = try state.withLock { $0.changed }.get()
    }
}

extension ServiceDoubles: EdgeService {
    func standings(having mark: TransactionMark) async throws -> [EdgeStanding] {
        state.withLock { state in
            state.asked.append("edges \(mark)")
            return state.edges.count > 1 ? state.edges.removeFirst() : state.edges.first ?? []
        }
    }
}
